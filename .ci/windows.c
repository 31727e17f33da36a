/* bcryptprimitives.dll with the one function that Go asks it for, by what Wine has. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID out, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE out, SIZE_T length)
{
	ULONG part;
	for (; length; out += part, length -= part) {
		part = length > 1 << 20 ? 1 << 20 : (ULONG)length;
		if (!SystemFunction036(out, part))
			return FALSE;
	}
	return TRUE;
}
