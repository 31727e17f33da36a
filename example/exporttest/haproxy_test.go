package exporttest

import (
	"fmt"
	"os"
	"testing"
)

var haproxy = server{
	name:     "haproxy",
	binaries: []string{"haproxy"},
	dead:     503,
	silent:   504,
	command: func(binary, config, _ string) []string {
		return []string{binary, "-db", "-f", config, "-f", snippet("haproxy.cfg")}
	},
	config: func(c setting) string {
		lines, err := os.ReadFile(snippet("haproxy-frontend.cfg"))
		if err != nil {
			return err.Error() // which HAProxy refuses
		}
		return haproxyConfig(c, string(lines))
	},
	cases: []exchange{
		{"a body that is too big", "POST", "/fine", []string{"Accept-Language", "es"}, tooMuch, 413, "es"},
		{"a rule against a request", "", "/bad", []string{"Accept-Language", "en"}, "", 400, "en"},
		{"a fault of its own", "", "/broken", []string{"Accept-Language", "ar"}, "", 500, "ar"},
		{"an upstream that hangs up", "", "/hangup", []string{"Accept-Language", "fr"}, "", 502, "fr"},
	},
}

func haproxyConfig(c setting, lines string) string {
	return fmt.Sprintf(`
defaults
	mode http
	option http-buffer-request
	timeout client 5s
	timeout connect 2s
	timeout server 1s
	retries 0
frontend www
	bind %s
%s
	http-request deny deny_status 413 if { req.body_size gt 1024 }
	http-request deny deny_status 400 if { path /bad }
	http-request deny deny_status 500 if { path /broken }
	use_backend dead if { path_beg /dead }
	use_backend silent if { path_beg /silent }
	use_backend hangup if { path_beg /hangup }
	default_backend site
backend dead
	server s %s
backend silent
	server s %s
backend hangup
	http-response deny deny_status 502
	server s %[5]s
backend site
	server s %[5]s
`, c.address, lines, c.up.dead, c.up.silent, c.up.site)
}

// TestHAProxyInOneLanguage: the raw responses, for who needs no choice.
func TestHAProxyInOneLanguage(t *testing.T) {
	address := haproxy.start(t, func(c setting) string {
		return haproxyConfig(c, "\terrorfiles fiveohtwo-ar\n")
	}, startUpstreams(t))
	for _, x := range []exchange{
		{"an upstream where nothing listens", "", "/dead", []string{"Accept-Language", "fr"}, "", 503, "ar"},
		{"HEAD", "HEAD", "/dead", nil, "", 503, "ar"},
		{"an upstream that does not answer", "POST", "/silent", nil, "x", 504, "ar"},
		{"a body that is too big", "POST", "/fine", nil, tooMuch, 413, "ar"},
		{"a rule against a request", "", "/bad", nil, "", 400, "ar"},
	} {
		t.Run(x.name, func(t *testing.T) {
			res, body := send(t, address, x)
			wantPage(t, x, res, body, false)
		})
	}
}
