// Package upstreamtest starts upstreams that fail on purpose, to test gateways and
// proxies with: real sockets, real bytes. Like httptest it listens on 127.0.0.1 only,
// and nothing it makes dials anywhere else.
//
// [Cases] lists what can break; [Start] starts one. The proxy under test reaches it with
// [Upstream.Transport]; [Case.Visit] plays the visitor.
package upstreamtest
