// An exception goes up three calls.
#include <cstdio>
#include <stdexcept>
#include <string>

struct guard {
	const char *name;
	~guard()
	{
		std::printf("left %s\n", name);
	}
};

static void deep(int n)
{
	guard g = {"deep"};
	if (n == 0)
		throw std::runtime_error("bottom");
	deep(n - 1);
}

int main()
{
	try {
		deep(2);
	} catch (const std::runtime_error &e) {
		std::printf("caught %s\n", e.what());
	}
	return 0;
}
