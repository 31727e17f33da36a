package diagnosis

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func noRoots(why error) error {
	return &tls.CertificateVerificationError{Err: x509.SystemRootsError{Err: why}}
}

// source parses a package of the running Go; file names none: all but its tests.
func source(t *testing.T, path string, names ...string) []*ast.File {
	t.Helper()
	dir := filepath.Join(build.Default.GOROOT, "src", path)
	if len(names) == 0 {
		all, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, name := range all {
			if !strings.HasSuffix(name, "_test.go") {
				names = append(names, filepath.Base(name))
			}
		}
	}
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Skipf("the sources of Go are not here: %v", err)
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		t.Skip("the sources of Go are not here")
	}
	return files
}

// constants returns the names of the constants of a type, with the text of their values.
func constants(files []*ast.File, of string) map[string]string {
	found := map[string]string{}
	for _, file := range files {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			is := false
			for _, spec := range gen.Specs {
				value := spec.(*ast.ValueSpec)
				if id, ok := value.Type.(*ast.Ident); ok {
					is = id.Name == of
				} else if len(value.Values) > 0 {
					is = false
				}
				if !is {
					continue
				}
				text := ""
				if len(value.Values) > 0 {
					if lit, ok := value.Values[0].(*ast.BasicLit); ok {
						text = lit.Value
					}
				}
				found[value.Names[0].Name] = text
			}
		}
	}
	return found
}

// alerts are all that crypto/tls knows, with a part of the hint.
var alerts = map[int]string{
	10: "did not understand", 20: "changes bytes", 21: "changes bytes", 22: "changes bytes", 30: "changes bytes", 40: "common TLS parameters",
	42: "client certificate", 43: "client certificate", 44: "client certificate", 45: "client certificate", 46: "client certificate",
	47: "did not understand", 48: "client certificate", 49: "client certificate", 50: "did not understand", 51: "did not understand", 60: "version",
	70: "version", 71: "common TLS parameters", 80: "failed inside", 86: "step down", 90: "gave up", 100: "renegotiate", 109: "did not understand",
	110: "did not understand", 111: "OCSP", 112: "SNI", 113: "OCSP", 114: "OCSP", 115: "PSK", 116: "client certificate", 120: "ALPN", 121: "Encrypted Client Hello",
}

// TestAlerts: each alert that the running Go knows says something of its own, from either side.
func TestAlerts(t *testing.T) {
	t.Parallel()
	for number, hint := range alerts {
		if d := Of(opError("remote error", tls.AlertError(number)), atTLS); d.Type != TLSAlertReceived || d.Alert != number || d.Party != Site || !strings.Contains(d.Hint, hint) {
			t.Errorf("alert %d: got %+v, want %q", number, d, hint)
		}
		d := Of(opError("local error", tls.AlertError(number)), atTLS)
		if d.Type != TLSProtocolError || d.Phase != Connect || d.Party != Site || d.Alert != 0 || d.Hint == "" {
			t.Errorf("alert %d of our own: got %+v", number, d)
		}
	}
	for name, value := range constants(source(t, "crypto/tls", "alert.go"), "alert") {
		if number, err := strconv.Atoi(value); err != nil || alerts[number] == "" && name != "alertCloseNotify" {
			t.Errorf("the running Go has an alert %s (%s), which is not in the table", name, value)
		}
	}
}

// TestOwnAlerts: what the gateway's own crypto/tls answered with an alert, by when it was.
func TestOwnAlerts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		alert   int
		facts   Facts
		phase   Phase
		outcome Outcome
		hint    string
	}{
		{"broken bytes in the handshake", 20, atTLS, Connect, NotSent, "change the bytes"},
		{"broken bytes in the answer", 20, reading, Receive, Answered, "change the bytes"},
		{"renegotiation after the request was read", 100, atWait, Receive, OutcomeUnknown, "client certificate"},
		{"renegotiation in the upload", 100, atUpload, Send, OutcomeUnknown, "renegotiation"},
		{"renegotiation before the request was seen to go", 100, atConn, Receive, OutcomeUnknown, "renegotiation"},
		{"a message that does not belong there", 10, atWait, Receive, OutcomeUnknown, "none such belongs"},
		{"a record that is too large", 22, atWait, Receive, OutcomeUnknown, "something else"},
		{"its own fault", 80, atTLS, Connect, NotSent, "of the gateway itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Of(opError("local error", tls.AlertError(c.alert)), c.facts)
			if d.Type != TLSProtocolError || d.Phase != c.phase || d.Outcome != c.outcome || d.Party != Site || !strings.Contains(d.Hint, c.hint) {
				t.Errorf("got %+v", d)
			}
		})
	}
}

// TestCertificateErrors: each error type and reason of x509, as crypto/tls wraps it and as a
// program's own verification returns it.
func TestCertificateErrors(t *testing.T) {
	t.Parallel()
	invalid := func(reason x509.InvalidReason, detail string) error {
		return x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: reason, Detail: detail}
	}
	rows := []struct {
		name string // of the type or the reason
		err  error
		want said
	}{
		{"NotAuthorizedToSign", invalid(x509.NotAuthorizedToSign, ""), said{TLSCertificateError, "no authority"}},
		{"Expired", invalid(x509.Expired, "current time x is after y"), said{TLSCertificateError, "has expired: renew"}},
		{"Expired", invalid(x509.Expired, "current time x is before y"), said{TLSCertificateError, "not valid yet: check the clocks"}},
		{"Expired", invalid(x509.Expired, "“x” certificate is expired"), said{TLSCertificateError, "expired or is not valid yet"}},
		{"CANotAuthorizedForThisName", invalid(x509.CANotAuthorizedForThisName, ""), said{TLSCertificateError, "name constraints"}},
		{"TooManyIntermediates", invalid(x509.TooManyIntermediates, ""), said{TLSCertificateError, "longer"}},
		{"IncompatibleUsage", invalid(x509.IncompatibleUsage, ""), said{TLSCertificateError, "not meant for servers"}},
		{"NameMismatch", invalid(x509.NameMismatch, ""), said{TLSCertificateError, "issuer and subject"}},
		{"NameConstraintsWithoutSANs", invalid(x509.NameConstraintsWithoutSANs, ""), said{TLSCertificateError, "name constraints"}},
		{"UnconstrainedName", invalid(x509.UnconstrainedName, ""), said{TLSCertificateError, "name constraints"}},
		{"TooManyConstraints", invalid(x509.TooManyConstraints, ""), said{TLSCertificateError, "more name constraints"}},
		{"CANotAuthorizedForExtKeyUsage", invalid(x509.CANotAuthorizedForExtKeyUsage, ""), said{TLSCertificateError, "may not sign for servers"}},
		{"NoValidChains", invalid(x509.NoValidChains, ""), said{TLSCertificateError, "holds for this use"}},
		{"CertificateInvalidError", invalid(99, ""), said{TLSCertificateError, "not valid: see"}},
		{"HostnameError", x509.HostnameError{Certificate: &x509.Certificate{}}, said{TLSCertificateError, "another name"}},
		{"UnknownAuthorityError", x509.UnknownAuthorityError{}, said{TLSCertificateError, "ca-certificates"}},
		{"UnhandledCriticalExtension", x509.UnhandledCriticalExtension{}, said{TLSCertificateError, "critical extension"}},
		{"InsecureAlgorithmError", x509.InsecureAlgorithmError(x509.SHA1WithRSA), said{TLSCertificateError, "SHA-1"}},
		{"ConstraintViolationError", x509.ConstraintViolationError{}, said{TLSCertificateError, "may not sign"}},
		{"ErrUnsupportedAlgorithm", x509.ErrUnsupportedAlgorithm, said{TLSCertificateError, "not trusted any more"}},
		{"SystemRootsError", x509.SystemRootsError{}, said{ownSet, "ca-certificates"}},
	}
	known := []string{"InvalidReason"}
	for _, c := range rows {
		known = append(known, c.name)
		checkCertificate(t, c.name, &tls.CertificateVerificationError{Err: c.err}, c.want)
		checkCertificate(t, c.name, fmt.Errorf("x: %w", c.err), c.want)
	}
	for text, hint := range map[string]string{
		"x509: signature check attempts limit reached while verifying certificate chain": "too large to be checked",
		"x509: “x” certificate is not standards compliant":                               "system's own verifier",
	} {
		checkCertificate(t, text, &tls.CertificateVerificationError{Err: errors.New(text)}, said{TLSCertificateError, hint})
	}
	files := source(t, "crypto/x509")
	for _, name := range slices.Concat(slices.Collect(maps.Keys(constants(files, "InvalidReason"))), exportedErrors(files)) {
		if !slices.Contains(known, name) {
			t.Errorf("the running Go has %s in crypto/x509, which is not in the table", name)
		}
	}
}

func checkCertificate(t *testing.T, name string, err error, want said) {
	t.Helper()
	if d := Of(err, atTLS); d.Type != want.Type || d.Party != Site || d.Outcome != NotSent || !strings.Contains(d.Hint, want.hint) {
		t.Errorf("%s: got %+v, want %+v", name, d, want)
	}
}

// exportedErrors are the types of a package with a method Error.
func exportedErrors(files []*ast.File) (names []string) {
	for _, file := range files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Error" {
				continue
			}
			if id, ok := f.Recv.List[0].Type.(*ast.Ident); ok && id.IsExported() {
				names = append(names, id.Name)
			}
		}
	}
	return names
}

// TestTLSTexts walks through the errors without a type that a client of the running Go can meet.
// What begins as one of the upstream's faults may be told as such; all others need a row.
func TestTLSTexts(t *testing.T) {
	t.Parallel()
	upstreams := []string{
		"tls: server", "tls: received", "tls: invalid server", "tls: unexpected", "tls: malformed", "tls: too many", "tls: incorrect", "tls: initial handshake",
		"tls: missing ServerKeyExchange", "tls: invalid ServerKeyExchange", "tls: handshake", "tls: unsupported key exchange",
	}
	servers := []string{ // what a server alone says, or Close and methods that nobody calls here
		"tls: invalid ClientKeyExchange", "tls: no supported elliptic curves offered", "tls: certificate cannot be used", "tls: CloseWrite", "tls: VerifyHostname",
		"tls: failed to send closeNotify", "tls: invalid client key share", "tls: Ed25519 public keys", "tls: unsupported public key",
		"tls: invalid early data for QUIC", "tls: failed to verify certificate", // QUIC, and a type
	}
	for _, said := range tlsLiterals(source(t, "crypto/tls", "handshake_client.go", "handshake_client_tls13.go", "conn.go", "key_agreement.go", "auth.go", "key_schedule.go", "common.go")) {
		d := Of(errors.New(said+"x"), atTLS)
		begins := func(list []string) bool {
			return slices.ContainsFunc(list, func(b string) bool { return strings.HasPrefix(said, b) })
		}
		switch {
		case d.Type == "" || d.Party != Site || d.Hint == "" || d.Outcome != NotSent:
			t.Errorf("%q: got %+v", said, d)
		case d.Hint == hintBytes && !begins(upstreams) && !begins(servers):
			t.Errorf("%q has no row of its own, and is told as %q", said, d.Hint)
		}
	}
	for i, later := range tlsTexts {
		for _, earlier := range tlsTexts[:i] {
			if strings.HasPrefix(later.begins, earlier.begins) {
				t.Errorf("%q is never reached: %q stands before", later.begins, earlier.begins)
			}
		}
	}
}

// tlsLiterals are the texts from which crypto/tls makes errors.
func tlsLiterals(files []*ast.File) (all []string) {
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" {
				return false
			}
			arg := call.Args[0]
			if sum, ok := arg.(*ast.BinaryExpr); ok {
				arg = sum.X
			}
			if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if said, err := strconv.Unquote(lit.Value); err == nil && strings.HasPrefix(said, "tls: ") && said != "tls: " {
					all = append(all, said)
				}
			}
			return true
		})
	}
	return all
}

// TestTLSRefusals has crypto/tls of the gateway refuse what is no certificate, and what it is
// told to do.
func TestTLSRefusals(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good := certificateFor(now.Add(-time.Hour), now.Add(time.Hour), "upstream")
	negative := good // its number is changed to a negative one
	negative.Certificate = [][]byte{bytes.Replace(good.Certificate[0], []byte{2, 1, 1}, []byte{2, 1, 0x81}, 1)}
	other := certificateFor(now.Add(-time.Hour), now.Add(time.Hour), "upstream")
	other.Certificate = good.Certificate // and the key of another
	for _, c := range []struct {
		name        string
		certificate tls.Certificate
		set         func(*tls.Config)
		want        said
	}{
		{"a certificate that Go cannot parse", negative, nil, said{TLSCertificateError, "malformed, for Go"}},
		{"the same, though none is verified", negative, func(c *tls.Config) { c.InsecureSkipVerify = true }, said{TLSCertificateError, "malformed, for Go"}},
		{"the key of another certificate", other, nil, said{TLSProtocolError, "do not belong together"}},
		{"a version above the highest", good, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS13, tls.VersionTLS12 }, said{ownSet, "MinVersion is above"}},
		{"a protocol without a name", good, func(c *tls.Config) { c.NextProtos = []string{""} }, said{ownSet, "TLSClientConfig"}},
		{"a curve that does not exist", good, func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{1} }, said{ownSet, "TLSClientConfig"}},
		{"no randomness", good, func(c *tls.Config) { c.Rand = bytes.NewReader(nil) }, said{ownSelf, "itself failed"}},
		{"a verification of its own", good, func(c *tls.Config) {
			c.InsecureSkipVerify = true
			c.VerifyConnection = func(tls.ConnectionState) error { return x509.HostnameError{Certificate: &x509.Certificate{}} }
		}, said{TLSCertificateError, "another name"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onStage(t, func(s *stage) {
				transport := s.transport(func(conn net.Conn) {
					_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c.certificate}}).Handshake()
				})
				transport.TLSClientConfig = &tls.Config{RootCAs: pool(good, true), Time: func() time.Time { return now }}
				if c.set != nil {
					c.set(transport.TLSClientConfig)
				}
				checkCertificate(t, c.name, s.send(transport, get("https://upstream")), c.want)
			})
		})
	}
}

// TestFirstLines: what stands where the first line of an answer was expected, on a new connection
// and on one that has served a request before.
func TestFirstLines(t *testing.T) {
	t.Parallel()
	const version, left = "does not have", "more than its answer"
	for _, c := range []struct{ name, answer, hint string }{
		{"Shoutcast", "ICY 200 OK\r\n\r\n", version},
		{"HTTP/2 in text", "HTTP/2 200 OK\r\n\r\n", version},
		{"a version in small letters", "http/1.1 200 OK\r\n\r\n", version},
		{"a version of three numbers", "HTTP/1.1.0 200 OK\r\n\r\n", version},
		{"a version without a status", "HTTP/1.1\r\n\r\n", version},
		{"a mark of byte order", "\ufeffHTTP/1.1 200 OK\r\n\r\n", version},
		{"RTSP", "RTSP/1.0 200 OK\r\n\r\n", version},
		{"the head of a CGI program", "Status: 200 OK\r\n\r\n", "CGI"},
		{"a field alone", "Age: 120\r\n\r\n", "CGI"},
		{"a program's warning", "Warning: session_start(): failed in x\r\nHTTP/1.1 200 OK\r\n\r\n", "prints something"},
		{"an empty line", "\r\nHTTP/1.1 200 OK\r\n\r\n", "empty line"},
		{"a rest", "ok\r\nHTTP/1.1 200 OK\r\n\r\n", "does not speak HTTP"},
		{"the last chunk of another", "0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "does not speak HTTP"},
		{"a rest of words", "the rest of it\r\n\r\n", "port"},
		{"two lengths in one line", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", "twice in one line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onStage(t, func(s *stage) {
				err := s.send(s.transport(answers(c.answer)), get("http://upstream"))
				if d := Of(err, atHead); d.Type != HTTPProtocolError || d.Outcome != Answered || !strings.Contains(d.Hint, c.hint) {
					t.Errorf("got %+v for %v", d, err)
				}
				d := Of(err, atHead.with(reused))
				if isLength := strings.Contains(c.hint, "twice"); !isLength && (d.Outcome != OutcomeUnknown || !strings.Contains(d.Hint, left) || d.Type != HTTPProtocolError || d.Phase != Receive) {
					t.Errorf("on a kept connection: got %+v for %v", d, err)
				}
			})
		})
	}
}
