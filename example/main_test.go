package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// start runs the program as a user would and returns its address.
func start(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, append([]string{"-listen", "127.0.0.1:0"}, args...), in, io.Discard) }()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("exit status %d", code)
		}
	})
	line := make([]byte, 100)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	address, ok := strings.CutPrefix(string(line[:n]), "listening on ")
	if !ok || !strings.HasSuffix(address, "/\n") {
		t.Fatalf("printed %q", line[:n])
	}
	return strings.TrimSuffix(address, "/\n")
}

func ask(t *testing.T, url, accept string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestEveryGalleryEntryFailsAsItSays(t *testing.T) {
	takesLong(t)
	address := start(t)
	_, index := ask(t, address+"/", "text/html")
	links := regexp.MustCompile(`href="/failure/([a-z0-9_]+)"`).FindAllStringSubmatch(index, -1)
	wants := map[string]upstreamtest.Case{}
	for _, c := range upstreamtest.Cases() {
		if c.Shown() {
			wants[c.Name] = c
		}
	}
	if len(links) != len(wants) {
		t.Errorf("the index has %d links, there are %d cases to show", len(links), len(wants))
	}
	var all sync.WaitGroup
	for _, link := range links {
		name := link[1]
		all.Go(func() {
			res, body := ask(t, address+"/failure/"+name, "application/json")
			var problem struct{ Error, Phase, Outcome string }
			if err := json.Unmarshal([]byte(body), &problem); err != nil {
				t.Errorf("%s: %v in %.100q", name, err, body)
				return
			}
			want := wants[name].Want
			if res.StatusCode != want.Status || problem.Error != string(want.Type) || problem.Phase != string(want.Phase) || problem.Outcome != string(want.Outcome) {
				t.Errorf("%s: got %d %+v, want %+v", name, res.StatusCode, problem, want)
			}
		})
	}
	all.Wait()
	if res, _ := ask(t, address+"/failure/no_such_case", "text/html"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown case: status %d", res.StatusCode)
	}
}

// TestGalleryPagesAskTheirOwnGateway: some cases have a gateway with limits of its own.
func TestGalleryPagesAskTheirOwnGateway(t *testing.T) {
	takesLong(t)
	address := start(t)
	for _, name := range []string{"connection_refused", "http_response_timeout", "http_response_timeout_post"} {
		_, body := ask(t, address+"/failure/"+name, "text/html")
		status := regexp.MustCompile(`data-status="([^"]+)"`).FindStringSubmatch(body)
		if status == nil {
			t.Errorf("%s: the page asks for no status", name)
			continue
		}
		if res, _ := ask(t, address+status[1], "*/*"); res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %s answers %d, want 503", name, status[1], res.StatusCode)
		}
	}
}

// TestCanaryFlag: the page asks them, and its policy lets it.
func TestCanaryFlag(t *testing.T) {
	address := start(t, "-upstream", "http://127.0.0.9:9", "-canary", "https://a.example/alive,http://b.example:8080/")
	res, body := ask(t, address+"/", "text/html")
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "; connect-src 'self' https://a.example http://b.example:8080") {
		t.Errorf("policy %q", policy)
	}
	if !strings.Contains(body, ` data-canaries="https://a.example/alive http://b.example:8080/"`) {
		t.Error("the page does not ask them")
	}
}

func TestGatewayInFrontOfADeadUpstream(t *testing.T) {
	log := t.TempDir() + "/access.log"
	address := start(t, "-upstream", "http://127.0.0.9:9", "-name", "edge", "-site", "Example Shop", "-contact", "help@example.com", "-lang", "de", "-access-log", log)
	res, body := ask(t, address+"/cart", "text/html")
	if res.StatusCode != 502 || res.Header.Get("Proxy-Status") != "edge; error=connection_refused" || !strings.Contains(body, `<html lang="de"`) {
		t.Errorf("status %d, header %v", res.StatusCode, res.Header)
	}
}

func TestGatewayInTheLooksOfItsBrand(t *testing.T) {
	logo := t.TempDir() + "/logo.svg"
	if err := os.WriteFile(logo, []byte(`<svg viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>`), 0o600); err != nil {
		t.Fatal(err)
	}
	address := start(t, "-upstream", "http://127.0.0.9:9", "-site", "Example Shop", "-theme", "card", "-scheme", "dark", "-radius", "6px", "-font", "Inter, serif", "-accent", "#c2185b", "-logo", logo)
	_, body := ask(t, address+"/", "text/html")
	for _, want := range []string{`aria-label="Example Shop"`, `d=%22M0 0h8v8z%22`, "color-scheme:dark", "--radius:6px", `--font:"Inter";--face:serif`, "--ground:"} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in the page", want)
		}
	}
}

func TestWrongFlagsAreListedAllAtOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"values", []string{"-upstream", "ftp://x", "-contact", "nobody", "-lang", "xx", "-replace", "404,abc", "-connect-timeout", "0s", "-max-body", "-1", "-voice", "robot", "-stall-timeout", "-1s", "-fail-fast", "-5s", "-canary", "nowhere,ftp://c", "extra"},
			[]string{"ftp://x", "nobody", `"xx"`, "404", `"abc"`, "-connect-timeout", "-max-body", "robot", "StallTimeout", "FailFast", "extra", `"nowhere"`, `"ftp://c"`}},
		{"looks", []string{"-theme", "neon", "-scheme", "dim", "-radius", "wide", "-font", ";", "-logo", "/no/such/logo"},
			[]string{"Brand.Theme", "Brand.Scheme", "Brand.Radius", "Brand.Font", "/no/such/logo"}},
		{"a logo that is none", []string{"-logo", "main_test.go"}, []string{"Brand.Logo"}},
		{"an unknown flag", []string{"-no-such-flag"}, []string{"no-such-flag"}},
		{"an access log that cannot be opened", []string{"-access-log", "/no/such/dir/file"}, []string{"/no/such/dir/file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stderr bytes.Buffer
			if code := run(t.Context(), c.args, io.Discard, &stderr); code != 2 {
				t.Errorf("exit status %d, want 2", code)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr.String(), want) {
					t.Errorf("%q is not mentioned:\n%s", want, &stderr)
				}
			}
		})
	}
}

func TestHelpIsNoFault(t *testing.T) {
	if code := run(t.Context(), []string{"-help"}, io.Discard, io.Discard); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

func TestBusyAddressEndsWithOne(t *testing.T) {
	address := strings.TrimPrefix(start(t), "http://")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if code := run(ctx, []string{"-listen", address}, io.Discard, io.Discard); code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
}
