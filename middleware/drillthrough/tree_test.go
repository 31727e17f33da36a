package drillthrough_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
)

// sample is a report with everything that a tree can show.
func sample() drillthrough.Report {
	day := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	gone := diagnosis.ConnectionRefused.Diagnosis()
	return drillthrough.Report{
		URL: "https://shop.example/cart", Result: drillthrough.Warning,
		Verdict: "Broken on 1 of 2 addresses: connect (connection_refused) on 10.0.3.8:443. The others hold.",
		Fix:     []string{"10.0.3.8:443: nothing listens there, or a firewall rejects it: check that the upstream runs, and its port"},
		Lookup: &drillthrough.Link{Name: drillthrough.LinkLookup, Result: drillthrough.OK, Took: 1240 * time.Microsecond,
			Lookup: &drillthrough.Lookup{Name: "shop.example", CNAME: "front.example", IPv4: []string{"10.0.3.7", "10.0.3.8"}}},
		Addresses: []drillthrough.Address{{
			Address: "10.0.3.7:443", Result: drillthrough.Warning,
			Hops: []drillthrough.Hop{{URL: "https://shop.example/cart", Links: []drillthrough.Link{
				{Name: drillthrough.LinkConnect, Result: drillthrough.OK, Took: 300 * time.Microsecond},
				{Name: drillthrough.LinkTLS, Result: drillthrough.Warning, Took: 12300 * time.Microsecond, Warnings: []string{"the certificate of shop.example ends on 2026-08-08, in 7 days: renew it"},
					TLS: &drillthrough.TLS{Version: "TLS 1.3", ALPN: "h2", ServerName: "shop.example", NameFits: true, Trusted: true, Certificates: []drillthrough.Certificate{
						{Subject: "shop.example", Issuer: "R3", NotBefore: day.AddDate(0, -2, 0), NotAfter: day.AddDate(0, 0, 7), DaysLeft: 7},
						{Subject: "R3", Issuer: "Root X1", NotBefore: day.AddDate(-3, 0, 0), NotAfter: day.AddDate(1, 0, 0), DaysLeft: 365}}}},
				{Name: drillthrough.LinkSend, Result: drillthrough.OK, Took: 100 * time.Microsecond, Notes: []string{"GET /cart"}},
				{Name: drillthrough.LinkReceive, Result: drillthrough.OK, Took: 1240 * time.Millisecond, Answer: &drillthrough.Answer{
					Protocol: "HTTP/2.0", Status: 302, Location: "/cart/", Server: "nginx",
					Via:         []drillthrough.Gateway{{Name: "edge", Protocol: "1.1"}, {Name: "inner", Protocol: "2", Comment: "cache"}},
					ProxyStatus: []drillthrough.Gateway{{Name: "edge", ReceivedStatus: 302, NextHop: "10.1.1.1"}}}},
				{Name: drillthrough.LinkBody, Result: drillthrough.OK, Body: &drillthrough.Body{Complete: true, Declared: 0}},
			}}, {URL: "https://shop.example/cart/", Links: []drillthrough.Link{
				{Name: drillthrough.LinkConnect, Result: drillthrough.OK, Took: 300 * time.Microsecond},
				{Name: drillthrough.LinkBody, Result: drillthrough.OK, Took: 15000 * time.Millisecond, Body: &drillthrough.Body{Bytes: 100, Declared: 1000}},
			}}},
		}, {
			Address: "10.0.3.8:443", Result: drillthrough.Broken,
			Hops: []drillthrough.Hop{{URL: "https://shop.example/cart", Links: []drillthrough.Link{
				{Name: drillthrough.LinkConnect, Result: drillthrough.Broken, Took: 200 * time.Microsecond, Fault: &drillthrough.Fault{Diagnosis: gone, Cause: "connect: connection refused"}}}}},
		}},
	}
}

const sampleTree = `https://shop.example/cart
├─ ✓ lookup    1.2 ms  10.0.3.7, 10.0.3.8
│                      stands for front.example
├─ ! 10.0.3.7:443
│  ├─ ✓ connect   0.3 ms
│  ├─ ! tls        12 ms  TLS 1.3, h2
│  │                      certificate shop.example by R3, 2026-06-01 to 2026-08-08, 7 days left
│  │                      it is for shop.example, from an authority that is trusted
│  │                      then R3 by Root X1, 2023-08-01 to 2027-08-01, 365 days left
│  │                      the certificate of shop.example ends on 2026-08-08, in 7 days: renew it
│  ├─ ✓ send      0.1 ms  GET /cart
│  ├─ ✓ receive    1.2 s  302 Found, HTTP/2.0
│  │                      redirects to /cart/
│  │                      by way of edge (1.1) → inner (2) cache → nginx (Server)
│  │                      edge says: no error, got status 302, from 10.1.1.1
│  ├─ ✓ body      0.0 ms  0 bytes, complete
│  → https://shop.example/cart/
│  ├─ ✓ connect   0.3 ms
│  └─ ✓ body        15 s  100 bytes of 1000
└─ ✗ 10.0.3.8:443
   └─ ✗ connect   0.2 ms  connection_refused
                          connect: connection refused

! Broken on 1 of 2 addresses: connect (connection_refused) on 10.0.3.8:443. The others hold.
  Fix: 10.0.3.8:443: nothing listens there, or a firewall rejects it: check that the upstream runs, and its port
`

func TestWriteTree(t *testing.T) {
	if got := tree(t, sample()); got != sampleTree {
		t.Errorf("got\n%s\nwant\n%s", got, sampleTree)
	}
}

func TestColoursAddNothingButColours(t *testing.T) {
	var b strings.Builder
	if err := sample().WriteTree(&b, true); err != nil {
		t.Fatal(err)
	}
	colour := regexp.MustCompile("\x1b\\[[0-9]*m")
	if !strings.Contains(b.String(), "\x1b[31m✗\x1b[0m") || colour.ReplaceAllString(b.String(), "") != sampleTree {
		t.Error(b.String())
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriteTreeTellsThatItCouldNot(t *testing.T) {
	if err := sample().WriteTree(fullDisk{}, false); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}

// TestReadme holds the sample of the README against what is really written.
func TestReadme(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its words for a refusal are others")
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dead, alive := startCase(t, "connection_refused").URL.Host, web(t, hello)
	checker := drillthrough.Checker{
		Resolver: names{"shop.example": {"10.0.3.7", "10.0.3.8"}},
		Dial:     routes{"10.0.3.7:8080": alive, "10.0.3.8:8080": dead}.dial,
	}
	r := checker.Check(t.Context(), "http://shop.example:8080/")
	blur := func(s string) string {
		s = regexp.MustCompile(` *[0-9.]+ m?s `).ReplaceAllString(s, " TIME ")
		return regexp.MustCompile(`\d+\.\d+\.\d+\.\d+:\d+: connect:`).ReplaceAllString(s, "ADDRESS: connect:")
	}
	_, end, _ := strings.Cut(blur(tree(t, r)), "└─ ✗") // the last address and the verdict
	if !strings.Contains(blur(string(text)), "└─ ✗"+end) {
		t.Errorf("the README does not show\n└─ ✗%s", end)
	}
}

// TestTimesAreMilliseconds: in JSON a time is a number of milliseconds, with fractions.
func TestTimesAreMilliseconds(t *testing.T) {
	r := drillthrough.Report{Took: 1234567 * time.Nanosecond, Lookup: &drillthrough.Link{Took: 2 * time.Second}}
	text, err := json.Marshal(r)
	if err != nil || strings.Count(string(text), `"took_ms":`) != 2 ||
		!strings.Contains(string(text), `"took_ms":1.235`) || !strings.Contains(string(text), `"took_ms":2000`) {
		t.Errorf("%s, %v", text, err)
	}
}
