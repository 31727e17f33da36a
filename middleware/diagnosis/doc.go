// Package diagnosis names what went wrong between a gateway and its upstream: pure
// values and pure functions, without I/O.
//
// [Of] turns an error of net/http and the [Facts] of the exchange into a [Diagnosis]:
// error type (RFC 9209), status, phase, party, outcome. [Judge] turns that and the
// evidence into a [Verdict]. What only the host program knows it says with [Error].
package diagnosis
