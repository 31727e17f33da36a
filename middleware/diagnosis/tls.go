package diagnosis

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"reflect"
	"strings"
)

func certificateHint(cert *tls.CertificateVerificationError) string {
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](cert)
	_, isName := errors.AsType[x509.HostnameError](cert)
	_, isUnknown := errors.AsType[x509.UnknownAuthorityError](cert)
	switch {
	case isInvalid && invalid.Reason == x509.Expired:
		if strings.Contains(invalid.Detail, "is before") {
			return "the upstream's certificate is not valid yet: check the clocks of both machines"
		}
		return "the upstream's certificate has expired: renew it"
	case isInvalid && invalid.Reason == x509.IncompatibleUsage:
		return "the upstream's certificate is not meant for servers: issue one with the key usage for server authentication"
	case isName:
		return "the upstream's certificate is for another name: check the target's name, ServerName, or the certificate"
	case isUnknown:
		return "the upstream's certificate comes from an authority that the gateway does not trust: add it to RootCAs, or send the whole chain"
	}
	return "the upstream's certificate was not accepted: check its chain and constraints"
}

// ofAlert names a TLS alert that the upstream sent (RFC 8446 §6). Its number is in an
// unexported type of crypto/tls.
func ofAlert(op *net.OpError, f Facts) Diagnosis {
	d := ofStep(TLSAlertReceived, f)
	d.Phase = Connect // also when it comes late: TLS 1.3 refuses a client after its handshake
	if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 {
		d.Alert = int(v.Uint())
	}
	switch d.Alert {
	case 40, 71:
		return d.hint("the upstream found no common TLS parameters, or wants a client certificate: check versions, ciphers and Certificates")
	case 42, 43, 44, 45, 46, 48, 49, 116:
		d = d.hint("the upstream wants a client certificate that it trusts: set Certificates in the transport's TLSClientConfig")
		if f.TLS13 && !f.Reused {
			d = d.unsent(f, proofHandshake)
		}
		return d
	case 70:
		return d.hint("the upstream speaks no TLS version that the gateway takes: check MinVersion and MaxVersion")
	case 112:
		return d.hint("the upstream does not know the name asked for (SNI): check the target's name or ServerName")
	case 120:
		return d.hint("the upstream speaks no HTTP version that was offered (ALPN): check NextProtos")
	}
	return d.hint("the upstream refused the TLS handshake: look at its log")
}
