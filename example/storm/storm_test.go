package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// program is the gateway, built once for all tests; with -short there is none.
var program string

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == standInName { // started by the program under test
		main()
	}
	flag.Parse()
	if testing.Short() {
		os.Exit(m.Run())
	}
	os.Exit(withProgram(m))
}

func withProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "storm")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "example")
	if err := buildGateway(context.Background(), program); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func TestStorm(t *testing.T) {
	up := outcome{200, ""}
	for _, c := range []struct {
		name, upstream, duration string
		always                   []outcome // each of them must be there
		maybe                    []outcome
	}{
		{"a dead upstream gives 502 and nothing else", "dead", "2s", []outcome{{502, "connection_refused"}}, nil},
		{"a slow upstream gives its answer or 504", "slow", "500ms", []outcome{up, {504, "http_response_timeout"}}, nil},
		{"a flapping upstream gives its answer or 502", "flapping", "1500ms", nil, []outcome{up, {502, "connection_terminated"}}},
		{"each fault of a mixed upstream gives its own status", "mixed", "500ms", []outcome{
			up, {502, "connection_terminated"}, {502, "http_protocol_error"}, {502, "http_response_incomplete"},
			{503, ""}, {504, "http_response_timeout"},
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := holdStorm(t, "-upstream", c.upstream, "-for", c.duration, "-connections", "20", "-access-log")
			for _, fault := range r.faults() {
				t.Error(fault)
			}
			if r.answers != r.requests || r.answers < 20 {
				t.Errorf("%d answers to %d requests of 20 connections", r.answers, r.requests)
			}
			for _, o := range c.always {
				if r.outcomes[o] == 0 {
					t.Errorf("no answer was %d %s", o.status, o.error)
				}
			}
			for o, n := range r.outcomes {
				if !slices.Contains(c.always, o) && !slices.Contains(c.maybe, o) {
					t.Errorf("%d answers were %d %s", n, o.status, o.error)
				}
			}
			if r.before.resident == 0 || len(r.samples) == 0 || r.after.peak < r.before.resident || r.mostFiles() < r.before.files {
				t.Errorf("samples %+v, %+v, %+v", r.before, r.samples, r.after)
			}
		})
	}
}

func holdStorm(t *testing.T, args ...string) *result {
	t.Helper()
	r, err := storm(t.Context(), optionsOf(t, args...))
	if err != nil {
		t.Fatal(err)
	}
	r.print(t.Output())
	return r
}

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		output string
	}{
		{"all as it must be", []string{"-gateway", program, "-upstream", "mixed", "-for", "1ms", "-connections", "10", "-rate", "1000"}, 0, "all as it must be"},
		{"help is no fault", []string{"-help"}, 0, "-connections"},
		{"a program that is not there", []string{"-gateway", filepath.Join(t.TempDir(), "none")}, 1, "no such file"},
		{"a program that is no gateway", []string{"-gateway", "/bin/false"}, 1, "does not listen"},
		{"all wrong flags are named: connections", []string{"-connections", "0", "-upstream", "lazy"}, 2, "-connections 0"},
		{"all wrong flags are named: upstream", []string{"-connections", "0", "-upstream", "lazy"}, 2, `-upstream "lazy"`},
		{"one mode only", []string{"-compare", "-recovery"}, 2, "want one of them"},
		{"a soak in the past", []string{"-soak", "-1s"}, 2, "-soak -1s"},
		{"more connections than a comparison may have", []string{"-compare", "-connections", "201"}, 2, "want 200 at most"},
		{"an upstream that is not compared", []string{"-compare", "-upstream", "mixed"}, 2, "-compare knows dead, flapping, slow"},
		{"a coding nobody has", []string{"-compare", "-encoding", "br"}, 2, `-encoding "br"`},
		{"a recovery without a rate", []string{"-recovery", "-rate", "0"}, 2, "-recovery needs a rate"},
		{"a comparison of a program that is no gateway", []string{"-compare", "-gateway", "/bin/false"}, 1, "does not listen"},
		{"a recovery of a program that is no gateway", []string{"-recovery", "-gateway", "/bin/false"}, 1, "does not listen"},
		{"a soak of a program that is no gateway", []string{"-soak", "1s", "-gateway", "/bin/false"}, 1, "does not listen"},
		{"a stand-in without its page", []string{standInName, "-page", filepath.Join(t.TempDir(), "none")}, 2, "no such file"},
		{"an unknown form", []string{"-accept", "html,pdf"}, 2, `-accept "pdf"`},
		{"more than all connections", []string{"-reconnect", "101"}, 2, "-reconnect 101"},
		{"arguments", []string{"now"}, 2, `"now"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && slices.Contains(c.args, program) {
				t.Skip("takes a gateway")
			}
			var out bytes.Buffer
			if code := run(t.Context(), c.args, &out, &out); code != c.code {
				t.Errorf("exit status %d, want %d", code, c.code)
			}
			if !strings.Contains(out.String(), c.output) {
				t.Errorf("want %q in\n%s", c.output, &out)
			}
		})
	}
}
