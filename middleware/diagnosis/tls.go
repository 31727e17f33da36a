package diagnosis

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"reflect"
	"strings"
)

// ofTLS decides by the types of crypto/tls and crypto/x509.
func ofTLS(err error, f Facts) (Diagnosis, bool) {
	if _, ok := errors.AsType[*tls.ECHRejectionError](err); ok {
		return ofStep(TLSProtocolError, f).hint("the upstream rejected Encrypted Client Hello: renew its ECH configuration"), true
	}
	return ofCertificate(err, f)
}

// ofTLSText decides by the words of crypto/tls, where there is no type.
func ofTLSText(err error, f Facts) (Diagnosis, bool) {
	for link := err; link != nil; link = errors.Unwrap(link) {
		said := link.Error()
		if !strings.HasPrefix(said, "tls: ") || isTimeout(link) {
			continue
		}
		for i := range tlsTexts {
			if t := &tlsTexts[i]; strings.HasPrefix(said, t.begins) {
				return ofStep(t.Type, f).hint(t.hint).late(f), true
			}
		}
	}
	return Diagnosis{}, false
}

// late moves a fault of TLS to where it was met: it may come after the handshake.
func (d Diagnosis) late(f Facts) Diagnosis {
	if f.Step >= StepConn && d.Phase == Connect {
		if d.Phase = f.phase(); d.Phase == Send && f.Step < StepHeaders {
			d.Phase = Receive
		}
	}
	return d
}

const (
	hintBytes       = "the upstream broke the TLS protocol: something on the way may change the bytes"
	hintRenegotiate = "the upstream wants a client certificate, or other TLS, after it has read the request (renegotiation, as IIS and Apache do for a part of a site): let it ask in the handshake, or set Renegotiation and Certificates in the transport's TLSClientConfig"
	hintTLSConfig   = "the transport's TLSClientConfig cannot be used: see what it says"
	hintOwnKey      = "the gateway's client certificate, or its key, does not fit what the upstream takes: check Certificates in the transport's TLSClientConfig"
	hintKeyOf       = "the upstream's certificate and key do not belong together, or its signature is of a kind that is not taken: look at its TLS configuration"
	hintALPN        = "the upstream chose an HTTP version that was not offered (ALPN): look at its TLS configuration"
	hintInnerTLS    = "crypto/tls of the gateway itself failed: see what it says"
)

// tlsTexts are errors of crypto/tls that have no type, as a client meets them. The last is
// for whatever else it finds wrong in what the upstream sends.
var tlsTexts = []struct {
	begins string
	Type
	hint string
}{
	{"tls: failed to verify certificate", TLSCertificateError, "the upstream's certificate was not accepted: see what is said of it"}, // by one who hides the type
	{"tls: failed to parse certificate from server", TLSCertificateError, "the upstream's certificate is malformed, for Go at least, such as by a negative serial number: issue another"},
	{"tls: server sent certificate containing RSA key larger", TLSCertificateError, "the upstream's certificate has a larger RSA key than Go takes (8192 bits): issue another"},
	{"tls: server's certificate contains an unsupported type", TLSCertificateError, "the upstream's certificate has a kind of key that Go does not take: issue one with RSA, ECDSA or Ed25519"},
	{"tls: received empty certificates message", TLSCertificateError, "the upstream sends no certificate: look at its TLS configuration"},
	{"tls: server's identity changed during renegotiation", TLSCertificateError, "the upstream showed another certificate in the middle of the connection: look at its TLS configuration"},
	{"tls: no FIPS compatible certificate chains", TLSCertificateError, "the upstream's certificate chain is not what FIPS 140-3 allows: issue another"},
	{"tls: FIPS 140-3", TLSProtocolError, "the upstream's TLS is not what FIPS 140-3 allows: check its versions, ciphers and Extended Master Secret"},
	{"tls: server selected unsupported protocol version", TLSProtocolError, "the upstream speaks no TLS version that the gateway takes: check its versions, MinVersion and MaxVersion"},
	{"tls: server chose an unconfigured cipher suite", TLSProtocolError, "the upstream chose a cipher that was not offered: check its ciphers and CipherSuites"},
	{"tls: downgrade attempt detected", TLSProtocolError, "something between the gateway and the upstream lowers the TLS version: look for a device that opens TLS"},
	{"tls: server did not select an ALPN protocol", TLSProtocolError, hintALPN},
	{"tls: server advertised unrequested ALPN", TLSProtocolError, hintALPN},
	{"tls: server selected unadvertised ALPN", TLSProtocolError, hintALPN},
	{"tls: certificate used with invalid signature algorithm", TLSProtocolError, hintKeyOf},
	{"tls: invalid signature by the server certificate", TLSProtocolError, hintKeyOf},
	{"tls: server certificate contains incorrect key type", TLSProtocolError, hintKeyOf},
	{"tls: handshake message of length", TLSProtocolError, "the upstream's TLS handshake is larger than Go takes: look for a huge certificate chain"},
	{"tls: received unexpected handshake message of type *tls.certificateRequestMsg", TLSProtocolError, hintRenegotiate},
	{"tls: server selected TLS 1.3 in a renegotiation", TLSProtocolError, hintRenegotiate},

	{"tls: either ServerName or InsecureSkipVerify", ProxyConfigurationError, hintTLSConfig},
	{"tls: invalid NextProtos value", ProxyConfigurationError, hintTLSConfig},
	{"tls: NextProtos values too large", ProxyConfigurationError, hintTLSConfig},
	{"tls: no supported versions satisfy", ProxyConfigurationError, "the transport's MinVersion is above its MaxVersion"},
	{"tls: no supported elliptic curves", ProxyConfigurationError, hintTLSConfig},
	{"tls: CurvePreferences includes unsupported curve", ProxyConfigurationError, hintTLSConfig},
	{"tls: MinVersion must be", ProxyConfigurationError, hintTLSConfig},
	{"tls: MaxVersion must be", ProxyConfigurationError, hintTLSConfig},
	{"tls: EncryptedClientHelloConfigList", ProxyConfigurationError, hintTLSConfig},
	{"tls: malformed ECHConfig", ProxyConfigurationError, hintTLSConfig},
	{"tls: unknown Renegotiation value", ProxyConfigurationError, hintTLSConfig},
	{"tls: no certificates configured", ProxyConfigurationError, hintOwnKey},
	{"tls: client certificate private key", ProxyConfigurationError, hintOwnKey},
	{"tls: certificate private key", ProxyConfigurationError, hintOwnKey},
	{"tls: certificate RSA key size too small", ProxyConfigurationError, hintOwnKey},
	{"tls: unsupported certificate", ProxyConfigurationError, hintOwnKey},
	{"tls: peer doesn't support", ProxyConfigurationError, hintOwnKey},
	{"tls: missing signature_algorithms", ProxyConfigurationError, hintOwnKey},
	{"tls: failed to sign", ProxyConfigurationError, hintOwnKey},
	{"tls: short read from Rand", ProxyInternalError, hintInnerTLS},
	{"tls: failed to write to key log", ProxyInternalError, hintInnerTLS},
	{"tls: internal error", ProxyInternalError, hintInnerTLS},
	{"tls: protocol is shutdown", ConnectionTerminated, "the TLS connection to the upstream was closed as the request was sent"},

	{"tls: ", TLSProtocolError, hintBytes},
}

// ofCertificate decides by the errors of x509, whoever verified: crypto/tls, or a program's own
// VerifyPeerCertificate or VerifyConnection.
func ofCertificate(err error, f Facts) (Diagnosis, bool) {
	cert, verified := errors.AsType[*tls.CertificateVerificationError](err)
	if _, ok := errors.AsType[x509.SystemRootsError](err); ok {
		return ofStep(ProxyConfigurationError, f).hint("the gateway's machine has no readable authorities to check certificates by: install ca-certificates, or set RootCAs"), true
	}
	hint := ""
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		hint = invalidHint(invalid)
	} else if _, ok := errors.AsType[x509.HostnameError](err); ok {
		hint = "the upstream's certificate is for another name: check the target's name, ServerName, or the certificate"
	} else if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		hint = authorityHint(unknown)
	} else if _, ok := errors.AsType[x509.UnhandledCriticalExtension](err); ok {
		hint = "the upstream's certificate has a critical extension that Go does not know: issue another"
	} else if _, ok := errors.AsType[x509.InsecureAlgorithmError](err); ok || errors.Is(err, x509.ErrUnsupportedAlgorithm) {
		hint = hintAlgorithm
	} else if _, ok := errors.AsType[x509.ConstraintViolationError](err); ok {
		hint = "the upstream's certificate is signed by one that may not sign such: send the right chain"
	} else if verified && isText(cert.Err, "x509: signature check attempts limit") {
		hint = "the upstream's certificate chain is too large to be checked: send only what belongs to it"
	} else if verified {
		hint = "the upstream's certificate was not accepted: check its chain, its constraints and what the system's own verifier says"
	}
	return ofStep(TLSCertificateError, f).hint(hint).late(f), hint != ""
}

const hintAlgorithm = "the upstream's certificate, or one of its chain, is signed in a way that is not trusted any more, such as SHA-1: issue another"

func authorityHint(unknown x509.UnknownAuthorityError) string {
	const because = `x509: certificate signed by unknown authority (possibly because of "`
	switch why, _ := strings.CutPrefix(unknown.Error(), because); {
	case strings.HasPrefix(why, "x509: cannot verify signature: "):
		return hintAlgorithm
	case strings.HasPrefix(why, "x509: invalid signature: parent certificate cannot sign"):
		return "the upstream's certificate is signed by one that is no authority: send the right chain, or put the authority into RootCAs"
	}
	return "the upstream's certificate comes from an authority that the gateway does not trust: add it to RootCAs, or send the whole chain; if it is a public one, the gateway's machine may have no authorities (ca-certificates)"
}

func invalidHint(invalid x509.CertificateInvalidError) string {
	const usage = "the upstream's certificate is not meant for servers: issue one with the key usage for server authentication"
	switch invalid.Reason {
	case x509.Expired:
		switch {
		case strings.Contains(invalid.Detail, "is before"):
			return "the upstream's certificate is not valid yet: check the clocks of both machines"
		case strings.Contains(invalid.Detail, "is after"):
			return "the upstream's certificate has expired: renew it"
		}
		return "the upstream's certificate has expired or is not valid yet: renew it, or check the clocks of both machines" // other systems' verifiers do not tell
	case x509.IncompatibleUsage:
		return usage
	case x509.CANotAuthorizedForExtKeyUsage:
		return "an authority in the upstream's chain may not sign for servers: send another chain"
	case x509.NotAuthorizedToSign:
		return "a certificate in the upstream's chain is signed by one that is no authority: send the right chain"
	case x509.CANotAuthorizedForThisName, x509.NameConstraintsWithoutSANs, x509.UnconstrainedName:
		return "an authority in the upstream's chain may not sign for that name (name constraints): let another sign"
	case x509.TooManyIntermediates:
		return "the upstream's certificate chain is longer than one of its authorities allows: send the right chain"
	case x509.NameMismatch:
		return "the upstream's certificate chain does not fit together, issuer and subject differ: send the right chain"
	case x509.TooManyConstraints:
		return "the upstream's certificate chain has more name constraints than are checked: send another chain"
	case x509.NoValidChains:
		return "no chain from the upstream's certificate to a trusted authority holds for this use: check key usages and policies"
	}
	return "the upstream's certificate is not valid: see what is said of it"
}

// ofLocal names what crypto/tls of the gateway answered with an alert.
func ofLocal(op *net.OpError, f Facts) Diagnosis {
	hint := hintBytes
	switch alertOf(op) {
	case 10:
		hint = "the upstream sent a TLS message where none such belongs: look for a bug in it, or for something on the way"
	case 22:
		hint = "the upstream sent a TLS record that is too large: it may have begun to speak something else"
	case 80:
		hint = hintInnerTLS
	case 100:
		hint = hintRenegotiate
	}
	return ofStep(TLSProtocolError, f).hint(hint).late(f)
}

// alertOf returns the number of a TLS alert, which is in an unexported type of crypto/tls.
func alertOf(op *net.OpError) int {
	if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 {
		return int(v.Uint())
	}
	return 0
}

// ofAlert names a TLS alert that the upstream sent (RFC 8446 §6).
func ofAlert(op *net.OpError, f Facts) Diagnosis {
	d := ofStep(TLSAlertReceived, f)
	d.Phase = Connect // also when it comes late: TLS 1.3 refuses a client after its handshake
	d.Alert = alertOf(op)
	switch d.Alert {
	case 40, 71:
		return d.hint("the upstream found no common TLS parameters, or wants a client certificate: check versions, ciphers and Certificates")
	case 42, 43, 44, 45, 46, 48, 49, 116:
		d = d.hint("the upstream wants a client certificate that it trusts: set Certificates in the transport's TLSClientConfig")
		if f.TLS13 && !f.Reused {
			d = d.unsent(f, proofHandshake)
		}
		return d
	}
	return d.hint(alertHint(d.Alert))
}

func alertHint(alert int) string {
	switch alert {
	case 10, 47, 50, 51, 109, 110:
		return "the upstream did not understand the gateway's side of the TLS handshake: update it, or look for something on the way that changes it"
	case 20, 21, 22, 30:
		return "what the gateway sent by TLS reached the upstream broken: look for something on the way that changes bytes"
	case 60, 70:
		return "the upstream speaks no TLS version that the gateway takes: check MinVersion and MaxVersion"
	case 80:
		return "the upstream's TLS failed inside: look at its log, its certificate and its key"
	case 86:
		return "the upstream takes the gateway's TLS version for a step down: check MaxVersion"
	case 90:
		return "the upstream gave up the TLS handshake: look at its log"
	case 100:
		return "the upstream does not renegotiate TLS: check its versions"
	case 111, 113, 114:
		return "the upstream could not get or check a certificate that it wanted: look at its log and its OCSP"
	case 112:
		return "the upstream does not know the name asked for (SNI): check the target's name or ServerName"
	case 115:
		return "the upstream does not know the pre-shared key: it wants clients of its own (PSK)"
	case 120:
		return "the upstream speaks no HTTP version that was offered (ALPN): check NextProtos"
	case 121:
		return "the upstream wants Encrypted Client Hello: set EncryptedClientHelloConfigList"
	}
	return "the upstream refused TLS with an alert that has no name: look at its log"
}
