package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
)

// check is the command that walks to an upstream; it returns the exit status: 0 all links
// hold, 1 broken, 2 for wrong usage, 3 it works, with warnings.
func check(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var asJSON bool
	var checker drillthrough.Checker
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.BoolVar(&asJSON, "json", false, "write the report as JSON")
	flags.DurationVar(&checker.StepTimeout, "timeout", 5*time.Second, "longest time for each link")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: example check URL [-json] [-timeout 5s]")
		flags.PrintDefaults()
	}
	urls, err := parseMixed(flags, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case len(urls) != 1:
		fmt.Fprintf(stderr, "check takes one URL, got %d\n", len(urls))
		flags.Usage()
		return 2
	case checker.StepTimeout <= 0:
		fmt.Fprintf(stderr, "-timeout %v: want more than 0\n", checker.StepTimeout)
		return 2
	}
	report := checker.Check(ctx, urls[0])
	if err := writeReport(stdout, report, asJSON); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return exitStatus(report)
}

// parseMixed takes flags before and after the other arguments, which it returns.
func parseMixed(flags *flag.FlagSet, args []string) (others []string, _ error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return others, nil
		}
		others = append(others, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

func writeReport(w io.Writer, report drillthrough.Report, asJSON bool) error {
	if !asJSON {
		return report.WriteTree(w, wantsColour(w))
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(report)
}

func exitStatus(report drillthrough.Report) int {
	switch {
	case report.Fault != nil: // of the URL
		return 2
	case report.Result == drillthrough.Broken:
		return 1
	case report.Result == drillthrough.Warning:
		return 3
	}
	return 0
}

// wantsColour reports whether w is a terminal, and nobody asked for no colours
// (https://no-color.org).
func wantsColour(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
