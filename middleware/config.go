package middleware

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/evidence"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/facts"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// A Config says what a [Middleware] does. The zero value is a good production set-up:
// every field's zero value is its documented default. [New] reads it once; later
// changes have no effect.
type Config struct {
	// Brand is how the site looks and speaks on its pages. Default: the host's name, no contact.
	Brand pages.Brand

	// Brands are further sites on this gateway, by the key that BrandOf gives.
	// Default: none, all requests get Brand.
	Brands map[string]pages.Brand

	// BrandOf returns the key of the brand for a request; one that is not in Brands means
	// Brand. Default: the host asked for, in lower case, without port.
	BrandOf func(*http.Request) string

	// Name identifies this gateway in the Proxy-Status field (RFC 9209 §2): the
	// deployment, not the product. Default: empty, no Proxy-Status is sent.
	Name string

	// Languages limits the languages offered, as BCP 47 tags. Default: all there are.
	Languages []string

	// DefaultLanguage is used when none of the visitor's languages is there. Default: "en".
	DefaultLanguage string

	// Translations holds files TAG.json that replace or add messages, for all sites. A site
	// has its own in Brand.Translations. Default: none.
	Translations fs.FS

	// Replace lists upstream statuses (400, 413, 431, 500 to 599) whose bodies are replaced
	// by our answer. JSON stays for programs that take it. Of the head stays what still holds:
	// CORS, Vary, Timing-Allow-Origin, Set-Cookie, WWW-Authenticate, Allow, Retry-After, Link,
	// Strict-Transport-Security and Clear-Site-Data. Default: none; only an empty 502, 503 or
	// 504 is filled, and keeps the same.
	Replace []int

	// Skip reports requests to leave entirely alone. Default: none are.
	Skip func(*http.Request) bool

	// Side says whose gateway this is. Default: SideSite, the site's own. With SideVisitor,
	// for an office or a provider, all sites are behind it.
	Side diagnosis.Side

	// Endpoints is the path below which our own pages answer, as the browser sees it: with
	// what http.StripPrefix takes off, or a proxy that says so in X-Forwarded-Prefix.
	// Default: "/_fiveohtwo/".
	Endpoints string

	// Canaries are at most four https or http URLs of your own, best at another provider,
	// that answer at once and lead nowhere else. A page whose visitor wants to know what is
	// broken, and that cannot reach this gateway, asks them: if one answers, the visitor's
	// connection works. Default: none; such a page says that it cannot tell.
	Canaries []string

	// ResponseTimeout bounds the time that an upstream is waited for until its final response
	// head: for a connection, for each repetition of net/http's own and for the answer, all
	// together. It does not count while a request body is sent, which may be slow; then it
	// bounds how long the upstream takes no more of it. What a client offers lifts no limit,
	// neither another protocol nor a media type: only the handshake of a WebSocket and a GET
	// that takes nothing but text/event-stream may wait for ever. Default: 0, no limit.
	ResponseTimeout time.Duration

	// StallTimeout bounds how long an upstream may take no more of a request body, or
	// send no more of an answer, of known length. It never touches answers that are event
	// streams, gRPC or streams of Connect, and connections that were handed over. Default: 0,
	// no limit.
	StallTimeout time.Duration

	// FailFast is for how long a proxy's upstream that could not be connected to three times
	// in a row is not tried again: requests get the same answer at once, and then one
	// tries. The first connection ends it for all. A second is a good value. It is never used
	// for timeouts, for what a request can bring about, and with SideVisitor; nor, which is
	// said in the log at the start, where the proxy's transport is no [http.Transport], or
	// has a dialler other than a [net.Dialer]'s, or a Proxy function other than those of
	// net/http. Default: 0, each request is tried.
	FailFast time.Duration

	// Probe finds out whether an upstream (scheme and host:port) that failed works again;
	// nil is yes. It is called while visitors wait, at most once per second and upstream. The
	// context has the values of the request that failed, of a few dozen with a head of 16 KiB
	// at most.
	// Default: a connection is opened and closed where that was what failed.
	Probe func(ctx context.Context, upstream string) error

	// Logger takes one record per failed exchange; of many of one kind only the first ten
	// in a minute, then their number. Default: slog.Default().
	Logger *slog.Logger

	// OnFailure is called once per failure, after the answer was written: of an exchange
	// in which a handler tried again after one, for each try that failed. It must not keep
	// the request. A panic of it, as of the other functions here, becomes a record.
	// Default: nothing is called.
	OnFailure func(*http.Request, *Incident)

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// validate returns all faults that the packages behind the Config do not check themselves.
func (c Config) validate() error {
	var errs []error
	if c.Name != "" {
		if _, err := proxyStatusName(c.Name); err != nil {
			errs = append(errs, fmt.Errorf("middleware: Config.Name %q: want printable ASCII: %w", c.Name, err))
		}
	}
	for _, status := range c.Replace {
		if status != 400 && status != 413 && status != 431 && (status < 500 || status > 599) {
			errs = append(errs, fmt.Errorf("middleware: Config.Replace %d: want 400, 413, 431 or a status from 500 to 599", status))
		}
	}
	if c.Side != "" && c.Side != diagnosis.SideSite && c.Side != diagnosis.SideVisitor {
		errs = append(errs, fmt.Errorf(`middleware: Config.Side %q: want "site" or "visitor"`, c.Side))
	}
	if e := c.Endpoints; e != "" && (!localPath.MatchString(e) || strings.Contains(e, "//")) {
		errs = append(errs, fmt.Errorf(`middleware: Config.Endpoints %q: want a path such as "/_fiveohtwo/", with a slash at both ends`, e))
	}
	for name, limit := range map[string]time.Duration{"ResponseTimeout": c.ResponseTimeout, "StallTimeout": c.StallTimeout, "FailFast": c.FailFast} {
		if limit < 0 {
			errs = append(errs, fmt.Errorf("middleware: Config.%s %v: want 0 (no limit) or more", name, limit))
		}
	}
	return errors.Join(errs...)
}

var localPath = regexp.MustCompile(`^/[A-Za-z0-9._~/-]+/$`)

// A Middleware writes the answers for failed exchanges. It is safe for concurrent use;
// make it with [New].
type Middleware struct {
	config       Config
	sites        sites
	preferences  remembered[string, preference]
	warned       sync.Map // sites whose status page was warned of
	replace      []int
	endpoints    http.Handler
	limiter      recordLimiter
	memory       *evidence.Memory
	limits       facts.Limits // of a RoundTrip
	limitsOfBody facts.Limits // the same, without that until the head
	proxyStatus  string       // this gateway's serialised name; empty: none is sent

	problems      map[diagnosis.Type]string // the endpoint that explains each
	clearCacheURL string
}

// New checks the Config and makes a Middleware. Its error joins all faults found.
func New(c Config) (*Middleware, error) {
	words, wordsErr := i18n.New(i18n.Config{Languages: c.Languages, Default: c.DefaultLanguage, Translations: c.Translations})
	all, canariesErr := pages.New(pages.Config{Catalogue: words, Canaries: c.Canaries})
	if canariesErr != nil {
		all, _ = pages.New(pages.Config{Catalogue: words}) // finds the faults of the brands, too
	}
	sites, sitesErr := newSites(all, c.Brand, c.Brands)
	if err := errors.Join(c.validate(), sitesErr, wordsErr, canariesErr); err != nil {
		return nil, err
	}
	keyedByHost := c.BrandOf == nil
	c = c.withDefaults()
	m := &Middleware{config: c, sites: sites, memory: evidence.New(), replace: slices.Clone(c.Replace)}
	m.limiter.log = c.Logger
	m.limits = facts.Limits{Head: c.ResponseTimeout, Body: c.StallTimeout}
	m.limitsOfBody = facts.Limits{Body: c.StallTimeout}
	if keyedByHost {
		for host, site := range sites.byKey {
			m.warnOfStatusPage(site, host)
		}
	}
	m.endpoints = m.Endpoints()
	m.clearCacheURL = c.Endpoints + clearCachePath
	m.problems = make(map[diagnosis.Type]string)
	for _, t := range diagnosis.Types() {
		m.problems[t] = c.Endpoints + problemPath + string(t)
	}
	if c.Name != "" {
		m.proxyStatus, _ = proxyStatusName(c.Name) // validated above
	}
	return m, nil
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	c.guardFunctions()
	if c.Endpoints == "" {
		c.Endpoints = "/_fiveohtwo/"
	}
	if c.BrandOf == nil {
		c.BrandOf = func(r *http.Request) string { return headers.Hostname(r.Host) }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Skip == nil {
		c.Skip = func(*http.Request) bool { return false }
	}
	if c.OnFailure == nil {
		c.OnFailure = func(*http.Request, *Incident) {}
	}
	return c
}

// proxyStatusName serialises a name as a Token where it is one, else as a String
// (RFC 9209 §2, RFC 8941 §3.3).
func proxyStatusName(name string) (string, error) {
	if s, err := httpsfv.Marshal(httpsfv.NewItem(httpsfv.Token(name))); err == nil {
		return s, nil
	}
	return httpsfv.Marshal(httpsfv.NewItem(name))
}
