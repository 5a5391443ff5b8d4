/* OpenSSL's message digests: SHA-256 with the processor's own instructions, and nothing to compile. */
#include <openssl/evp.h>
