/* For Wine 8, which lacks it; never shipped. Programs in Rust (cryptography) ask it for random bytes. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(void *buffer, ULONG size); /* RtlGenRandom, of advapi32.dll */

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *buffer, SIZE_T size) {
    return SystemFunction036(buffer, (ULONG)size);
}
