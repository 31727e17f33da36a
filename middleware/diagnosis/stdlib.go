package diagnosis

import (
	"compress/flate"
	"compress/gzip"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/textproto"
)

// ofType decides by the types that the standard library exports.
func ofType(err error, f Facts) (Diagnosis, bool) {
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		ech     *tls.ECHRejectionError
		mime    textproto.ProtocolError
		tooBig  *http.MaxBytesError
		deflate flate.CorruptInputError
	)
	switch {
	case errors.As(err, &dns):
		return ofDNS(dns, f), true
	case errors.As(err, &cert):
		return ofStep(TLSCertificateError, f).hint(certificateHint(cert)), true
	case errors.As(err, &record):
		return ofStep(TLSProtocolError, f).hint(recordHint(record)), true
	case errors.As(err, &ech):
		return ofStep(TLSProtocolError, f).hint("the upstream rejected Encrypted Client Hello: renew its ECH configuration"), true
	case errors.As(err, &tooBig) && !f.Reading:
		d := ofBody(Facts{BodyErr: err})
		d.Outcome = f.outcome()
		return d, true
	case errors.As(err, &tooBig):
		return ofStep(HTTPResponseBodySize, f).hint("the answer is larger than the limit that was set for it"), true
	case errors.As(err, &mime):
		return ofStep(HTTPProtocolError, f).hint("the upstream sent a malformed header field: look at what it sets"), true
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &deflate):
		return ofStep(HTTPResponseContentCoding, f).hint("the upstream says gzip and sends something else"), true
	case errors.Is(err, http.ErrLineTooLong):
		return ofStep(HTTPResponseTransferCoding, f).hint(hintChunks), true
	}
	return ofOp(err, f)
}
