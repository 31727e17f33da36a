package diagnosis

import (
	"crypto/tls"
	"crypto/x509"
)

func noRoots(why error) error {
	return &tls.CertificateVerificationError{Err: x509.SystemRootsError{Err: why}}
}
