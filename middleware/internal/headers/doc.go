// Package headers reads the values of header fields, and writes them. Each rule about a field
// stands here once: what a weight is, which media types are those of an RPC, what a host is
// called. Its functions know nothing of exchanges, and keep nothing.
//
// Names of fields are canonical everywhere ([net/http.CanonicalHeaderKey]).
package headers
