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
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return ofDNS(dns, f), true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return ofCertificate(err, f) // before its errnos: authorities are files
	}
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return ofStep(TLSProtocolError, f).hint(recordHint(record)), true
	}
	if d, ok := ofOp(err, f); ok {
		return d, true
	}
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok {
		what := "header field"
		if f.InBody {
			what = "trailer"
		}
		return ofStep(HTTPProtocolError, f).hint("the upstream sent a malformed " + what + ": look at what it sets"), true
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok && f.InBody {
		return ofStep(HTTPResponseBodySize, f).hint("the answer is larger than the limit that was set for it"), true
	} else if ok {
		d := ofBody(Facts{BodyErr: err})
		d.Outcome = f.outcome()
		return d, true
	}
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
		return ofStep(HTTPResponseContentCoding, f).hint("the upstream says gzip and sends something else"), true
	}
	if errors.Is(err, http.ErrLineTooLong) {
		return ofStep(HTTPResponseTransferCoding, f).hint(hintChunks), true
	}
	return ofTLS(err, f)
}
