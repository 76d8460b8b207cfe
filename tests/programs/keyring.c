/* A key of the process: described, read, listed, removed. */
#include "show_call.h"

#include <linux/keyctl.h>

int main(void)
{
	char text[200] = "", data[20] = "";
	int list[8] = {0};
	long r, key = syscall(SYS_add_key, "user", "rr-test", "secret", 6ul,
			      KEY_SPEC_PROCESS_KEYRING);

	show_call("add_key", key, NULL, 0);
	r = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1);
	show_call("keyctl: get_keyring_id", r, NULL, 0);
	r = syscall(SYS_keyctl, KEYCTL_DESCRIBE, key, text, sizeof(text));
	show_call("keyctl: describe", r, text, sizeof(text));
	r = syscall(SYS_keyctl, KEYCTL_READ, key, data, sizeof(data));
	show_call("keyctl: read", r, data, sizeof(data));
	CHECK(r < 0 || !memcmp(data, "secret", 7));
	memset(data, 0, sizeof(data));
	r = syscall(SYS_keyctl, KEYCTL_READ, key, data, 3ul); /* reports its length */
	show_call("keyctl: read of a short buffer", r, data, sizeof(data));
	r = syscall(SYS_keyctl, KEYCTL_READ, KEY_SPEC_PROCESS_KEYRING, list, sizeof(list));
	show_call("keyctl: read of a keyring", r, list, sizeof(list));
	r = syscall(SYS_keyctl, KEYCTL_GET_SECURITY, key, text, sizeof(text));
	show_call("keyctl: get_security", r, text, sizeof(text));
	r = syscall(SYS_keyctl, KEYCTL_CAPABILITIES, text, 4ul);
	show_call("keyctl: capabilities", r, text, sizeof(text));
	r = syscall(SYS_keyctl, KEYCTL_INVALIDATE, key);
	show_call("keyctl: invalidate", r, NULL, 0);
	puts("ok");
	return 0;
}
