package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// options are the flags, checked.
type options struct {
	mode
	gateway     string // path of the program; empty: it is built
	upstream    string // a key of upstreams
	connections int
	reconnect   int // percent of them
	duration    time.Duration
	rate        int // requests per second; 0: as fast as possible
	forms       []string
	languages   []string
	accessLog   bool
	log         string // file for the gateway's log; empty: it is only counted
}

// parseOptions reads the flags. Its error lists all faults at once.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	var forms, languages string
	flags := flag.NewFlagSet("storm", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.gateway, "gateway", "", "`path` of the example program (default: it is built from the directory above)")
	flags.StringVar(&o.upstream, "upstream", "dead", "`kind` of upstream: "+strings.Join(slices.Sorted(maps.Keys(upstreams)), ", "))
	flags.IntVar(&o.connections, "connections", 200, "how many connections are open at once; 64 unless given with -compare, -recovery and -soak")
	flags.IntVar(&o.reconnect, "reconnect", 20, "`percent` of the connections that are made anew for each request")
	flags.DurationVar(&o.duration, "for", time.Minute, "how long the load lasts")
	flags.IntVar(&o.rate, "rate", 0, fmt.Sprintf("requests per second, over all connections; 0: as fast as possible; %d unless given with -recovery, %d with -soak", recoveryRate, soakRate))
	flags.StringVar(&forms, "accept", "html,json,text", "`forms` that are asked for in turn; twice the same is twice as often")
	flags.StringVar(&languages, "languages", "en,de,fr,es,ar", "`tags` of the languages that are asked for in turn")
	flags.BoolVar(&o.accessLog, "access-log", false, "have the gateway write an access log, and count its lines")
	flags.StringVar(&o.log, "log", "", "`file` that keeps what the gateway logs (default: it is only counted)")
	o.declare(flags)
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, errors.New("see -help")
	}
	o.forms, o.languages = strings.Split(forms, ","), strings.Split(languages, ",")
	o.defaults(flags)
	errs := append(o.faults(), o.modeFaults()...)
	if flags.NArg() > 0 {
		errs = append(errs, fmt.Errorf("%q: arguments are not taken, only flags", flags.Args()))
	}
	return o, errors.Join(errs...)
}

func (o options) faults() (errs []error) {
	if _, ok := upstreams[o.upstream]; !ok {
		errs = append(errs, fmt.Errorf("-upstream %q: there is none of that kind", o.upstream))
	}
	if o.connections < 1 {
		errs = append(errs, fmt.Errorf("-connections %d: want 1 or more", o.connections))
	}
	if o.reconnect < 0 || o.reconnect > 100 {
		errs = append(errs, fmt.Errorf("-reconnect %d: want a percentage", o.reconnect))
	}
	if o.duration <= 0 {
		errs = append(errs, fmt.Errorf("-for %v: want more than 0", o.duration))
	}
	if o.rate < 0 {
		errs = append(errs, fmt.Errorf("-rate %d: want 0 or more", o.rate))
	}
	for _, form := range o.forms {
		if _, ok := accepts[form]; !ok {
			errs = append(errs, fmt.Errorf("-accept %q: want html, json or text", form))
		}
	}
	return errs
}

// reconnecting is how many connections are made anew for each request.
func (o options) reconnecting() int { return o.connections * o.reconnect / 100 }

// openLog opens the file that keeps the gateway's log, if one is wanted.
func (o options) openLog() (io.Writer, func(), error) {
	if o.log == "" {
		return io.Discard, func() {}, nil
	}
	file, err := os.Create(o.log)
	if err != nil {
		return nil, nil, fmt.Errorf("-log: %w", err)
	}
	return file, func() { _ = file.Close() }, nil
}
