# octave: a loop, linear algebra by threads of the library, an error, garbage, children.
x = 0;
for i = 1:5000, x += sqrt(i); end
printf("%f\n", x);
a = rand(100);
printf("%d\n", round(norm(a * inv(a))));
try, error("my:id", "raised"); catch e, disp(e.message); end
c = cell(1, 1000);
for i = 1:1000, c{i} = rand(10); end
clear c;
[status, output] = system("echo sub");
printf("%s%f\n", output, time());
