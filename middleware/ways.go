package middleware

import (
	"context"
	"net"
	"net/http"
	"reflect"
	"runtime"
	"strings"
)

// dialsByAddress reports a transport that connects by net's own means: where to depends on
// the address alone. A function of the host program may look at the request.
func dialsByAddress(t *http.Transport) bool {
	//lint:ignore SA1019 somebody may still have it
	plain := t.Dial == nil && t.DialTLS == nil && t.DialTLSContext == nil
	return plain && (t.DialContext == nil || nameOf(t.DialContext) == "net.(*Dialer).DialContext-fm")
}

// choosesProxyByAddress reports that Transport.Proxy is nil, [http.ProxyFromEnvironment] or
// what [http.ProxyURL] returns: they look at the URL alone, if at anything.
func choosesProxyByAddress(t *http.Transport) bool {
	return t.Proxy == nil || strings.HasSuffix(fileOf(t.Proxy), "net/http/transport.go")
}

// nameOf and fileOf tell where the code of a function is: a method value and a closure
// cannot be compared. What they do not know counts as the host program's own.
func nameOf(function any) string { return codeOf(function).Name() }

func fileOf(function any) string {
	code := codeOf(function)
	if code == nil {
		return ""
	}
	file, _ := code.FileLine(code.Entry())
	return file
}

func codeOf(function any) *runtime.Func {
	return runtime.FuncForPC(reflect.ValueOf(function).Pointer())
}

// A dialFunc opens a connection.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// dialOf returns how a transport opens connections, and whether TLS is part of it.
func dialOf(t *http.Transport, secure bool) (dial dialFunc, withTLS bool) {
	//lint:ignore SA1019 somebody may still have it
	plain, plainTLS := t.Dial, t.DialTLS
	switch {
	case secure && t.DialTLSContext != nil:
		return t.DialTLSContext, true
	case secure && plainTLS != nil:
		return func(_ context.Context, network, address string) (net.Conn, error) { return plainTLS(network, address) }, true
	case t.DialContext != nil:
		return t.DialContext, false
	case plain != nil:
		return func(_ context.Context, network, address string) (net.Conn, error) { return plain(network, address) }, false
	}
	return new(net.Dialer).DialContext, false
}
