package diagnosis

import "syscall"

// Numbers of Winsock, and of what lies below it, by the names in Microsoft's lists. Package
// syscall has inventions of its own under the POSIX names, which no call returns.
const (
	errorTooManyOpenFiles  syscall.Errno = 4
	errorNotEnoughMemory   syscall.Errno = 8
	errorOutOfMemory       syscall.Errno = 14
	errorSemTimeout        syscall.Errno = 121
	errorNoSystemResources syscall.Errno = 1450

	wsaETIMEDOUT    syscall.Errno = 10060
	wsaEMFILE       syscall.Errno = 10024
	wsaENOBUFS      syscall.Errno = 10055
	wsaECONNREFUSED syscall.Errno = 10061
	wsaENETUNREACH  syscall.Errno = 10051
)

// localKind knows what calls return here.
func localKind(errno syscall.Errno) kind {
	switch errno {
	case wsaECONNREFUSED, 1225, 1234: // ERROR_CONNECTION_REFUSED, ERROR_PORT_UNREACHABLE
		return kindRefused
	case syscall.WSAECONNRESET, syscall.WSAECONNABORTED, 10052, 10057, 10058, 10101, // WSAENETRESET, WSAENOTCONN, WSAESHUTDOWN, WSAEDISCON
		syscall.ERROR_NETNAME_DELETED, syscall.ERROR_BROKEN_PIPE, 59, 232, 233, 240, 1226, 1229, 1236, // and below: UNEXP_NET_ERR, NO_DATA, PIPE_NOT_CONNECTED, VC_DISCONNECTED, GRACEFUL_DISCONNECT, CONNECTION_INVALID, CONNECTION_ABORTED
		syscall.ESHUTDOWN:
		return kindReset
	case wsaETIMEDOUT, errorSemTimeout, 1460: // ERROR_TIMEOUT
		return kindSilent
	case 10035: // WSAEWOULDBLOCK
		return kindFull
	case 10064, 10065, 1232, 1256, syscall.EHOSTDOWN, syscall.ENONET: // WSAEHOSTDOWN, WSAEHOSTUNREACH, ERROR_HOST_UNREACHABLE, ERROR_HOST_DOWN
		return kindNoHost
	case wsaENETUNREACH, 1231, 53: // ERROR_NETWORK_UNREACHABLE, ERROR_BAD_NETPATH
		return kindNoNetwork
	case 10050, 10091, 1222: // WSAENETDOWN, WSASYSNOTREADY, ERROR_NO_NETWORK
		return kindNetDown
	case 10042, 10045, 1233: // WSAENOPROTOOPT, WSAEOPNOTSUPP, ERROR_PROTOCOL_UNREACHABLE
		return kindNoProtocol
	case 10040: // WSAEMSGSIZE
		return kindTooLong
	case syscall.WSAEACCES, syscall.ERROR_ACCESS_DENIED, 65, 1260, 10112: // NETWORK_ACCESS_DENIED, ACCESS_DISABLED_BY_POLICY, WSAEREFUSED
		return kindForbidden
	case 10049: // WSAEADDRNOTAVAIL
		return kindNoAddress
	case 10048, 1227: // WSAEADDRINUSE, ERROR_ADDRESS_ALREADY_ASSOCIATED
		return kindInUse
	case 10043, 10044, 10046, 10047, syscall.EPFNOSUPPORT, syscall.ESOCKTNOSUPPORT: // WSAEPROTONOSUPPORT, WSAESOCKTNOSUPPORT, WSAEPFNOSUPPORT, WSAEAFNOSUPPORT
		return kindNoFamily
	case wsaEMFILE, errorTooManyOpenFiles:
		return kindNoFiles
	case wsaENOBUFS, 10059, 10067, 10068, errorNotEnoughMemory, errorOutOfMemory, errorNoSystemResources, 1453, 1455, // WSAETOOMANYREFS, WSAEPROCLIM, WSAEUSERS; quota, page file
		syscall.ETOOMANYREFS, syscall.EUSERS:
		return kindNoMemory
	case 10022, 10039, 87, 1214: // WSAEINVAL, WSAEDESTADDRREQ, ERROR_INVALID_PARAMETER, ERROR_INVALID_NETNAME
		return kindInvalid
	case 10062, 10063, 123, 206: // WSAELOOP, WSAENAMETOOLONG, ERROR_INVALID_NAME, ERROR_FILENAME_EXCED_RANGE
		return kindNoPath
	case 10041: // WSAEPROTOTYPE
		return kindOtherType
	case 10038: // WSAENOTSOCK
		return kindNoSocket
	case 6, 50, 120, syscall.ERROR_OPERATION_ABORTED, 996, syscall.ERROR_IO_PENDING, 1223, 1235, // INVALID_HANDLE, NOT_SUPPORTED, CALL_NOT_IMPLEMENTED, IO_INCOMPLETE, CANCELLED, REQUEST_ABORTED
		10004, 10009, 10014, 10036, 10037, 10056, 10066, 10069, 10070, 10071, // WSAEINTR, WSAEBADF, WSAEFAULT, WSAEINPROGRESS, WSAEALREADY, WSAEISCONN, WSAENOTEMPTY, WSAEDQUOT, WSAESTALE, WSAEREMOTE
		10092, 10093, 10102, 10103, 10104, 10105, 10106, 10107, 10108, 10109, 10110, 10111: // Winsock itself is not started, or its providers are broken
		return kindMisused
	}
	return 0
}

var localLookupErrnos = []syscall.Errno{
	wsaEMFILE, errorTooManyOpenFiles, wsaENOBUFS, errorNotEnoughMemory, errorOutOfMemory, errorNoSystemResources,
	wsaECONNREFUSED, wsaENETUNREACH, syscall.WSAEACCES,
}
