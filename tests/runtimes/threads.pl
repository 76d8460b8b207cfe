# perl: threads, a queue, a timer that interrupts a loop, an exception, a fork.
use strict;
use warnings;
use threads;
use threads::shared;
use Thread::Queue;
use Time::HiRes qw(ualarm time);

my $n :shared = 0;
my $queue = Thread::Queue->new;
my @threads = map {
	my $i = $_;
	threads->create(sub { for (1 .. 300) { lock $n; $n += $i } $queue->enqueue($i); $i })
} 1 .. 4;
my $sum = 0;
$sum += $_->join for @threads;
print "$n $sum ", $queue->pending, "\n";
my $alarms = 0;
$SIG{ALRM} = sub { $alarms++ };
ualarm 2000, 2000;
while ($alarms < 5) { my @garbage = map { "x$_" } 1 .. 1000 }
ualarm 0;
print "alarms\n";
$SIG{ALRM} = sub { die "limit\n" };
eval { ualarm 3000; 1 while 1 };
print $@;
my $pid = fork // die;
exit 3 if !$pid;
waitpid $pid, 0;
print $? >> 8, "\n", `echo sub`, rand, " ", time, "\n";
