// Package middleware answers for a gateway's failed exchanges: it picks up what went
// wrong between an [httputil.ReverseProxy] (or any handler) and its upstream, and
// writes a page for browsers, problem+json for programs, text for terminals, and one
// log record for the operator.
//
// The one line most gateways need:
//
//	http.ListenAndServe(":8080", mw.Proxy(proxy))
//
// # Order in a chain
//
// From the outside in: [Middleware.AccessLog], [TrustProxies], redirects to the canonical
// host, CORS, [Middleware.Wrap] (or [Middleware.Proxy]), compression, [Middleware.Recover],
// router, proxy. The example of AccessLog has all of it; the examples named Incorrect show
// what goes wrong in another order. http.TimeoutHandler must not be outside anything of
// ours: it buffers streams, breaks upgrades, and returns while the handler still runs.
//
// # Compressors
//
// Our answers pass a compressor inside Wrap by, as they are. One outside Wrap compresses
// them too; then the access log counts other bytes than were sent. Where the client takes
// gzip, an empty 502 that a handler of yours leaves inside a compressor is not empty any
// more: call [Middleware.ErrorHandler] there.
//
// handlers.CompressHandler of gorilla (v1.5.2) lets upgrades and the events of a stream
// through. With or without Wrap it encodes parts of files, tells a wrong length for HEAD,
// and breaks an answer that is copied after its length was declared: keep ranges and
// files outside it.
//
// # What it never does
//
// It writes nothing into a response that has started; a broken body ends visibly, to a
// client of HTTP/1.0 by a reset. It throws no answer away that a handler within Wrap makes
// after a proxy failed. It recovers no panic except [http.ErrAbortHandler] of a proxied body of which nothing
// was sent yet. It shows visitors no upstream name, address, error text or query.
package middleware
