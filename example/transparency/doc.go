// Package transparency holds the tests which prove that successful exchanges pass
// mw.Proxy and mw.Wrap untouched, in a module of its own because they need gRPC and
// WebSocket libraries. Go's own tests of ReverseProxy are run with ours in its place, too.
package transparency
