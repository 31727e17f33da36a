package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"regexp"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// An exporter writes static pages for other servers.
type exporter struct {
	site      *pages.Site
	languages []*i18n.Language // the fallback first
	at        string           // the directory as the other server sees it
}

// export is the command that writes static pages; it returns the exit status: 0 all is
// written, 1 something could not be, 2 for wrong usage.
func export(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	e, dir, err := parseExport(args, stderr)
	switch {
	case errors.Is(err, errHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 2
	}
	files, err := e.files(ctx)
	if err == nil {
		err = writeExport(dir, files)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintf(stdout, "%d files written, see %s\n", len(files), filepath.Join(dir, "README.md"))
	return 0
}

// parseExport reads the flags and the directory. Its error lists all faults at once.
func parseExport(args []string, stderr io.Writer) (e exporter, dir string, _ error) {
	var brand pages.Brand
	var lang string
	flags := flag.NewFlagSet("export", flag.ContinueOnError)
	flags.SetOutput(stderr)
	finishBrand := brandFlags(flags, &brand)
	flags.Lookup("site").Usage = "`name` of the site (default: \"this site\", as a file knows no host)"
	flags.StringVar(&lang, "lang", "", "fallback language, a BCP 47 `tag` (default en)")
	flags.StringVar(&e.at, "at", "", "`path` of the directory on the server that the snippets are for (default: DIR)")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: example export DIR [flags]")
		flags.PrintDefaults()
	}
	dirs, err := parseMixed(flags, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return e, "", errHelp
	case err != nil:
		return e, "", errors.New("see -help")
	case len(dirs) != 1 || dirs[0] == "":
		return e, "", fmt.Errorf("export takes one directory, got %d\nusage: example export DIR [flags]", len(dirs))
	}
	brandErr := errors.Join(finishBrand(nil)...)
	site, siteErr := pages.Compile(brand)
	catalogue, langErr := i18n.New(i18n.Config{Default: lang})
	at, atErr := placeOf(e.at, dirs[0])
	if err := errors.Join(brandErr, siteErr, langErr, atErr); err != nil {
		return e, "", err
	}
	return exporter{site: site, languages: catalogue.Languages(), at: at}, dirs[0], nil
}

// plainPath needs no quoting in the configuration of any server.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9._@+-]+)+$`)

// placeOf returns the directory as the snippets name it.
func placeOf(at, dir string) (string, error) {
	if at == "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", err
		}
		at = filepath.ToSlash(abs)
	}
	if !plainPath.MatchString(at) {
		return "", fmt.Errorf("%q cannot be written into every server's configuration: say with -at where the files will be, as an absolute path of letters, digits and . _ @ + -", at)
	}
	return at, nil
}
