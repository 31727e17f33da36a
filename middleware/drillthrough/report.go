package drillthrough

import (
	"encoding/json"
	"strconv"
	"time"
)

// A Result says whether a link, an address or the whole way holds.
type Result string

// The results. Warning: it works, but not for long, or not everywhere.
const (
	OK      Result = "ok"
	Warning Result = "warning"
	Broken  Result = "broken"
)

// worse returns the worse of two results.
func (r Result) worse(other Result) Result {
	if r == Broken || other == Broken {
		return Broken
	}
	if r == Warning || other == Warning {
		return Warning
	}
	return OK
}

// A LinkName says which link it is.
type LinkName string

// The links, in the order in which a request meets them.
const (
	LinkLookup  LinkName = "lookup"  // the name's addresses
	LinkConnect LinkName = "connect" // a connection
	LinkTLS     LinkName = "tls"     // the handshake on it
	LinkSend    LinkName = "send"    // the request
	LinkReceive LinkName = "receive" // the head of the answer
	LinkBody    LinkName = "body"    // the rest of it
)

// A Report is what a check found. Every text in it that somebody else chose is short,
// and has its control characters escaped: it may be written to a terminal.
type Report struct {
	URL       string        `json:"url"`
	Result    Result        `json:"result"`
	Verdict   string        `json:"verdict"`       // which link is broken, or that all hold
	Fix       []string      `json:"fix,omitempty"` // what to do, the most urgent first
	Began     time.Time     `json:"began"`
	Took      time.Duration `json:"-"`                   // all in all; in JSON took_ms
	Fault     *Fault        `json:"fault,omitempty"`     // of the URL itself: nothing was walked then
	Lookup    *Link         `json:"lookup,omitempty"`    // nil where the URL names an address
	Addresses []Address     `json:"addresses,omitempty"` // each walked by itself
}

// An Address is one address of the name, and what came of walking to it.
type Address struct {
	Address string `json:"address"` // IP address and port
	Result  Result `json:"result"`
	Hops    []Hop  `json:"hops"` // the request, then each redirect that was followed
}

// A Hop is one request. Its links end with the one that is broken.
type Hop struct {
	URL   string `json:"url"`
	Links []Link `json:"links"`
}

// A Link is one step of the HTTP cycle.
type Link struct {
	Name     LinkName      `json:"name"`
	Result   Result        `json:"result"`
	Took     time.Duration `json:"-"` // in JSON took_ms
	Notes    []string      `json:"notes,omitempty"`
	Warnings []string      `json:"warnings,omitempty"`
	Fault    *Fault        `json:"fault,omitempty"`  // nil unless broken
	Lookup   *Lookup       `json:"lookup,omitempty"` // of the link lookup, and so on
	TLS      *TLS          `json:"tls,omitempty"`
	Answer   *Answer       `json:"answer,omitempty"`
	Body     *Body         `json:"body,omitempty"`
}

// A Lookup is what the resolver said.
type Lookup struct {
	Name  string   `json:"name"`
	CNAME string   `json:"cname,omitempty"` // the name that it stands for
	IPv4  []string `json:"ipv4,omitempty"`  // A
	IPv6  []string `json:"ipv6,omitempty"`  // AAAA
}

// TLS is what the handshake brought.
type TLS struct {
	Version      string        `json:"version,omitempty"` // such as "TLS 1.3"; empty: it failed
	ALPN         string        `json:"alpn,omitempty"`    // such as "h2"; empty: none was agreed on
	ServerName   string        `json:"server_name"`       // that was asked for
	NameFits     bool          `json:"name_fits"`         // the certificate is for that name
	Trusted      bool          `json:"trusted"`           // it comes from an authority that is trusted; dates aside
	Certificates []Certificate `json:"certificates,omitempty"`
}

// A Certificate is one of the chain that the upstream sent, its own first.
type Certificate struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Names     []string  `json:"names,omitempty"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	DaysLeft  int       `json:"days_left"` // negative: it has ended
}

// An Answer is what the head of the answer said.
type Answer struct {
	Protocol    string    `json:"protocol"` // that is really spoken, such as "HTTP/1.1"
	Status      int       `json:"status"`
	Location    string    `json:"location,omitempty"`
	Server      string    `json:"server,omitempty"`
	Via         []Gateway `json:"via,omitempty"`          // gateways on the way, the nearest first
	ProxyStatus []Gateway `json:"proxy_status,omitempty"` // what they say of it, the nearest first
}

// A Gateway is one on the way, as Via (RFC 9110) or Proxy-Status (RFC 9209) tells.
type Gateway struct {
	Name           string `json:"name"`
	Protocol       string `json:"protocol,omitempty"`
	Comment        string `json:"comment,omitempty"`
	Error          string `json:"error,omitempty"`
	NextHop        string `json:"next_hop,omitempty"`
	ReceivedStatus int    `json:"received_status,omitempty"`
	Details        string `json:"details,omitempty"`
}

// A Body is what was read of the answer's body.
type Body struct {
	Bytes    int64 `json:"bytes"`    // read
	Declared int64 `json:"declared"` // by Content-Length; -1: not
	Complete bool  `json:"complete"` // it was read to its end
}

// MarshalJSON writes the time that it took as milliseconds.
func (r Report) MarshalJSON() ([]byte, error) {
	type plain Report
	return json.Marshal(struct {
		plain
		Took float64 `json:"took_ms"`
	}{plain(r), milliseconds(r.Took)})
}

// MarshalJSON writes the time that it took as milliseconds.
func (l Link) MarshalJSON() ([]byte, error) {
	type plain Link
	return json.Marshal(struct {
		plain
		Took float64 `json:"took_ms"`
	}{plain(l), milliseconds(l.Took)})
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond).Microseconds()) / 1000
}

// inShort writes a time with a unit and few digits.
func inShort(d time.Duration) string {
	switch ms := milliseconds(d); {
	case ms >= 10_000:
		return strconv.FormatFloat(ms/1000, 'f', 0, 64) + " s"
	case ms >= 1000:
		return strconv.FormatFloat(ms/1000, 'f', 1, 64) + " s"
	case ms >= 10:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	default:
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	}
}
