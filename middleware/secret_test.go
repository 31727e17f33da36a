package middleware_test

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A secret is a text that occurs nowhere else. It stands where something private could
// come from, and must not come out again.
type secret struct{ place, text string }

// The upstream's address. A port of its own is added to the secrets by each test.
const (
	insideHost    = "wq7host9zk.internal"
	insideAddress = "127.83.61.29"
)

// inside are what an upstream, the way to it and the host program could betray.
var inside = []secret{
	{"host name", "wq7host9zk"},
	{"address", insideAddress},
	{"base path", "Wq7BasePath9zk"},
	{"added request field", "Wq7Added9zk"},
	{"Server", "Wq7Server9zk"},
	{"X-Powered-By", "Wq7PoweredBy9zk"},
	{"Set-Cookie", "Wq7SetCookie9zk"},
	{"Via", "Wq7Via9zk"},
	{"Location", "Wq7Location9zk"},
	{"WWW-Authenticate", "Wq7Realm9zk"},
	{"Proxy-Status", "Wq7NextHop9zk"},
	{"Retry-After", "Wq7RetryAfter9zk"},
	{"own field", "Wq7Own9zk"},
	{"name of a field", "Wq7-Field-9zk"},
	{"Content-Type", "wq7type9zk"},
	{"Content-Language", "wq7lang9zk"},
	{"Etag", "Wq7Etag9zk"},
	{"early hint", "Wq7Hint9zk"},
	{"malformed line", "Wq7Malformed9zk"},
	{"start line", "Wq7StartLine9zk"},
	{"reason phrase", "Wq7Reason9zk"},
	{"body", "Wq7Body9zk"},
	{"trailer", "Wq7Trailer9zk"},
	{"error", "Wq7Error9zk"},
	{"hint for the operator", "Wq7Operator9zk"},
	{"panic", "Wq7Panic9zk"},
	{"certificate", "wq7certificate9zk"},
	{"name server", "wq7nameserver9zk"},
	{"forward proxy", "127.83.61.30"},
	{"forward proxy's user", "Wq7ProxyUser9zk"},
	{"forward proxy's password", "Wq7ProxyPassword9zk"},
	{"forward proxy's words", "Wq7ProxyWords9zk"},
	{"key of the brand", "wq7brand9zk"},
}

// visitorSecrets are what the visitor sent, except the path and the host, which are shown.
var visitorSecrets = []secret{
	{"Cookie", "Wq7Cookie9zk"},
	{"Authorization", "Wq7Authorization9zk"},
	{"Proxy-Authorization", "Wq7ProxyAuthorization9zk"},
	{"query", "Wq7Query9zk"},
	{"language in the query", "wq7querylang9zk"},
	{"request body", "Wq7Form9zk"},
	{"user in the address", "Wq7User9zk"},
	{"password in the address", "Wq7Password9zk"},
	{"User-Agent", "Wq7Agent9zk"},
	{"Referer", "Wq7Referer9zk"},
	{"Origin", "wq7origin9zk"},
	{"own request field", "Wq7Request9zk"},
	{"Accept", "wq7accept9zk"},
	{"Accept-Language", "wq7accepted9zk"},
	{"X-Forwarded-For", "10.83.61.31"},
	{"X-Forwarded-Host", "wq7forwarded9zk"},
	{"X-Forwarded-Proto", "wq7proto9zk"},
	{"Forwarded", "wq7rfc7239zk"},
	{"X-Request-Id that is not valid", "Wq7RequestId9zk"},
	{"Traceparent that is not valid", "Wq7Trace9zk"},
}

// spellings are what could be made of a secret on its way, apart from what unwrap undoes:
// capitals, hex and base64, which depends on how many bytes stand before.
var spellings = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	for _, c := range slices.Concat(inside, visitorSecrets) {
		all[c.text] = spellingsOf(c.text)
	}
	return all
})

func spellingsOf(text string) []string {
	low := strings.ToLower(text)
	forms := []string{low, hex.EncodeToString([]byte(text)), hex.EncodeToString([]byte(low))}
	for _, plain := range []string{text, low} {
		for before := range 3 {
			whole := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + plain))
			skip := (before*8 + 5) / 6
			keep := (before + len(plain)) * 8 / 6
			forms = append(forms, whole[skip:keep])
		}
	}
	return forms
}

// escaped is a byte as addresses and strings of JSON have it.
var escaped = regexp.MustCompile(`(?:%|\\u00)[0-9A-Fa-f]{2}`)

// unwrap returns the text as it is, and without the escapes of HTML, addresses and
// strings, each in lower case too.
func unwrap(text string) []string {
	plain := escaped.ReplaceAllStringFunc(text, func(e string) string {
		b, _ := hex.DecodeString(e[len(e)-2:])
		return string(b)
	})
	all := []string{text, strings.ToLower(text)}
	for _, t := range []string{html.UnescapeString(text), plain} {
		if t != text {
			all = append(all, t, strings.ToLower(t))
		}
	}
	return all
}

// A search counts what it has looked through.
type search struct{ answers, pairs atomic.Int64 }

// in returns the secrets that occur in the text, by their places. more are texts of this
// test alone, such as a port with its colon.
func (s *search) in(text string, among []secret, more ...string) (found []string) {
	s.answers.Add(1)
	s.pairs.Add(int64(len(among) + len(more)))
	texts := unwrap(text)
	has := func(spelling string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, spelling) })
	}
	for _, c := range among {
		if slices.ContainsFunc(spellings()[c.text], has) {
			found = append(found, c.place)
		}
	}
	for _, m := range more {
		if has(m) {
			found = append(found, m)
		}
	}
	return found
}

// tell prints the count when the test is over.
func (s *search) tell(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { t.Logf("%d answers × secrets = %d pairs searched", s.answers.Load(), s.pairs.Load()) })
}

// TestSearchFinds holds the search against every disguise it is meant to see through.
func TestSearchFinds(t *testing.T) {
	t.Parallel()
	const text = "Wq7Body9zk"
	percent, entities, unicode := "", "", ""
	for _, b := range []byte(text) {
		percent += "%" + hex.EncodeToString([]byte{b})
		entities += "&#" + strconv.Itoa(int(b)) + ";"
		unicode += `\u00` + hex.EncodeToString([]byte{b})
	}
	for name, hidden := range map[string]string{
		"as it is":              "<p>" + text + "</p>",
		"in lower case":         strings.ToLower(text),
		"in upper case":         strings.ToUpper(text),
		"as hex":                hex.EncodeToString([]byte("a" + text + "b")),
		"as base64":             base64.StdEncoding.EncodeToString([]byte(text)),
		"as base64 after one":   base64.StdEncoding.EncodeToString([]byte("a" + text + "b")),
		"as base64 after two":   base64.URLEncoding.EncodeToString([]byte("ab" + text + "bc")),
		"as escapes of a URL":   "/?q=" + percent,
		"as entities of HTML":   "<p>" + entities,
		"as escapes of strings": `{"a":"` + unicode + `"}`,
	} {
		var s search
		if found := s.in(hidden, inside); !slices.Equal(found, []string{"body"}) {
			t.Errorf("%s: found %q", name, found)
		}
	}
	var s search
	if found := s.in(page, slices.Concat(inside, visitorSecrets)); found != nil {
		t.Errorf("found %q where there is nothing", found)
	}
}
