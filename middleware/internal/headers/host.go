package headers

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// maxHost is the length of a DNS name, a colon and a port.
const maxHost = 253 + 6

// Hostname returns a Host field in lower case and without port. An IPv6 address without a port
// keeps its brackets.
func Hostname(host string) string {
	if strings.Contains(host, ":") { // else SplitHostPort makes an error
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// ShownHost returns a Host field if it is one; else it is empty, as a client
// can put anything into that field.
func ShownHost(host string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_:[]", r)
	}
	if len(host) > maxHost || strings.ContainsFunc(host, func(r rune) bool { return !plain(r) }) {
		return ""
	}
	return host
}

// IsSecure reports a request of which is known that the browser takes its page for one in a
// secure context: others ignore Clear-Site-Data (W3C Clear Site Data §4.1).
func IsSecure(r *http.Request) bool {
	if r.TLS != nil || r.URL.Scheme == "https" {
		return true
	}
	host := Hostname(r.Host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	if !strings.HasPrefix(host, "127.") && !strings.Contains(host, ":") {
		return false // neither is it an address of this machine: ParseAddr would make an error
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}
