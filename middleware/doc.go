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
// From the outside in: [Middleware.AccessLog], trusted proxy headers, redirects to the
// canonical host, CORS, [Middleware.Wrap] (or [Middleware.Proxy]), compression,
// [Middleware.Recover], router, proxy. Wrap must be outside a compressor: otherwise the
// page would be sent compressed without saying so. http.TimeoutHandler must not be
// outside: it buffers streams and breaks upgrades.
//
// # What it never does
//
// It writes nothing into a response that has started; a broken body ends visibly. It
// recovers no panic except [http.ErrAbortHandler] of a proxied body of which nothing
// was sent yet. It shows visitors no upstream name, address, error text or query.
package middleware
