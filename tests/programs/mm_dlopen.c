/* A library is loaded at run time, called, unloaded and loaded again. */
#include "check.h"

#include <dlfcn.h>

int main(void)
{
	for (int i = 0; i < 3; i++) {
		void *lib = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
		CHECK(lib);
		double (*root)(double);
		*(void **)&root = dlsym(lib, "cbrt");
		CHECK(root);
		printf("%p %.6f\n", *(void **)&root, root(27.0 + i));
		CHECK(dlclose(lib) == 0);
	}
	CHECK(dlopen("/nonexistent/library.so", RTLD_NOW) == NULL);
	puts(dlerror());
	puts("ok");
	return 0;
}
