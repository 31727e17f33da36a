package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// options are the flags, checked.
type options struct {
	upstream       *url.URL // nil: the gallery
	listen         string
	accessLog      string
	connectTimeout time.Duration
	maxBody        int64
	trust          []netip.Prefix // of proxies in front of this gateway
	config         middleware.Config
}

var errHelp = errors.New("help was asked for")

// parseOptions reads the flags. Its error lists all faults at once.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	var upstream, replace, trust, side, canary string
	flags := flag.NewFlagSet("example", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&upstream, "upstream", "", "gateway in front of this `URL`; without it: the gallery")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8502", "`address` to listen on")
	finishBrand := brandFlags(flags, &o.config.Brand)
	flags.StringVar(&o.config.Name, "name", "", "`name` of this gateway in Proxy-Status (default: none is sent)")
	flags.StringVar(&o.config.DefaultLanguage, "lang", "", "fallback language, a BCP 47 `tag` (default en)")
	flags.StringVar(&o.accessLog, "access-log", "", "`file` for the access log, - for standard error (default: none)")
	flags.DurationVar(&o.connectTimeout, "connect-timeout", 5*time.Second, "longest time to look up and connect")
	flags.DurationVar(&o.config.ResponseTimeout, "response-timeout", 30*time.Second, "longest time until the answer begins; 0: no limit")
	flags.DurationVar(&o.config.StallTimeout, "stall-timeout", 0, "longest silence in the middle of a body of known length; 0: no limit")
	flags.Int64Var(&o.maxBody, "max-body", 0, "largest request body in `bytes`; 0: no limit")
	flags.StringVar(&replace, "replace", "", "upstream `statuses` whose bodies are replaced too, such as 500,502,503")
	flags.StringVar(&trust, "trust", "", "`networks` of proxies in front whose word on the visitor is taken, such as 10.0.0.0/8,fd00::/8")
	flags.StringVar(&side, "side", "site", "whose gateway this is: site, or visitor for an office's or a provider's")
	flags.StringVar(&canary, "canary", "", "`URLs` of your own elsewhere, with commas between, that tell a visitor's page whether it can reach anything")
	flags.DurationVar(&o.config.FailFast, "fail-fast", 0, "how long an upstream that cannot be connected to is not tried again; 0: each request tries")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, errHelp
		}
		return o, errors.New("see -help")
	}
	o.config.Side = diagnosis.Side(side)
	if canary != "" {
		o.config.Canaries = strings.Split(canary, ",")
	}
	var errs []error
	if flags.NArg() > 0 {
		errs = append(errs, fmt.Errorf("%q: arguments are not taken, only flags", flags.Args()))
	}
	o.upstream, errs = parseUpstream(upstream, errs)
	o.config.Replace, errs = parseList("replace", replace, "statuses such as 500,502,503", strconv.Atoi, errs)
	o.trust, errs = parseList("trust", trust, "networks such as 10.0.0.0/8", netip.ParsePrefix, errs)
	errs = finishBrand(errs)
	if o.connectTimeout <= 0 {
		errs = append(errs, fmt.Errorf("-connect-timeout %v: want more than 0", o.connectTimeout))
	}
	if o.maxBody < 0 {
		errs = append(errs, fmt.Errorf("-max-body %d: want 0 or more", o.maxBody))
	}
	if _, err := middleware.New(o.config); err != nil {
		errs = append(errs, err)
	}
	return o, errors.Join(errs...)
}

func parseUpstream(text string, errs []error) (*url.URL, []error) {
	if text == "" {
		return nil, errs
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, append(errs, fmt.Errorf("-upstream %q: want a URL such as http://127.0.0.1:8080", text))
	}
	return u, errs
}

// parseList reads the parts of a list; its faults name the flag and what it wants.
func parseList[T any](flag, text, want string, parse func(string) (T, error), errs []error) (list []T, _ []error) {
	if text == "" {
		return nil, errs
	}
	for part := range strings.SplitSeq(text, ",") {
		value, err := parse(strings.TrimSpace(part))
		if err != nil {
			errs = append(errs, fmt.Errorf("-%s %q: want %s", flag, part, want))
			continue
		}
		list = append(list, value)
	}
	return list, errs
}

// openAccessLog returns nil where no access log is wanted.
func (o options) openAccessLog(stderr io.Writer) (io.Writer, func(), error) {
	switch o.accessLog {
	case "":
		return nil, func() {}, nil
	case "-":
		return stderr, func() {}, nil
	}
	file, err := os.OpenFile(o.accessLog, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, nil, fmt.Errorf("-access-log: %w", err)
	}
	return file, func() { _ = file.Close() }, nil
}
