package browsertest

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	screenshots   = flag.String("screenshots", "", "write screenshots into this `directory`")
	photographing = flag.String("languages", "", "with -screenshots, only the wordiest pages, in these `languages`: all, or tags with commas between")
)

// TestScreenshots writes pictures of whole pages for people to look at. The files are
// named browser-case-language-width-scheme.png, where the scheme can be print.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no -screenshots directory")
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	if *photographing != "" {
		photographLanguages(t, strings.Split(*photographing, ","))
		return
	}
	inEach(t, func(v *visitor) {
		for _, name := range []string{
			"connection_refused", "http_protocol_error", "http_response_timeout_post",
			"http_request_error_413", "connection_refused_post", "empty_502",
		} {
			v.sub(name, func(v *visitor) {
				for _, language := range []string{"en", "de", "ar"} {
					v.look(desktop)
					v.open(v.program.url + "/failure/" + name + "?fiveohtwo-lang=" + language)
					v.photograph(name + "-" + language)
					if name == "connection_refused" {
						v.look(desktop)
						v.click(".look button", 0)
						measure[[]string](v, found)
						v.photograph(name + "-checked-" + language)
					}
				}
			})
		}
	})
}

// photographLanguages makes one light picture of each of the wordiest pages at the least
// and at the greatest width.
func photographLanguages(t *testing.T, tags []string) {
	if slices.Equal(tags, []string{"all"}) {
		tags = nil
		for _, l := range allLanguages(t) {
			tags = append(tags, l.Tag)
		}
	}
	inEach(t, func(v *visitor) {
		for _, tag := range tags {
			for _, name := range wordiest {
				v.open(v.program.url + "/failure/" + name + "?fiveohtwo-lang=" + tag)
				v.checkLanguage(tag)
				for _, how := range []view{smallest, desktop} {
					v.writeScreenshot(name+"-"+tag, "light", how)
				}
			}
		}
	})
}

// photograph writes pictures of the page as it is at all widths, in both colour schemes
// and on paper.
func (v *visitor) photograph(name string) {
	v.Helper()
	for _, size := range []view{smallest, phone, desktop} {
		v.writeScreenshot(name, "light", size)
		size.Dark = true
		v.writeScreenshot(name, "dark", size)
	}
	const paper = 794 // A4 at 96 dots per inch, in pixels
	v.writeScreenshot(name, "print", view{Width: paper, Height: 1123, Print: true})
}

func (v *visitor) writeScreenshot(name, scheme string, how view) {
	v.Helper()
	v.look(how)
	picture, err := within(func(ctx context.Context) ([]byte, error) { return v.tab.screenshot(ctx) })
	if err != nil {
		v.Fatalf("taking a screenshot: %v", err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil || config.Width != how.Width {
		v.Errorf("the screenshot is %d px wide, want %d (%v)", config.Width, how.Width, err)
	}
	file := fmt.Sprintf("%s-%s-%d-%s.png", v.browser, name, how.Width, scheme)
	if err := os.WriteFile(filepath.Join(*screenshots, file), picture, 0o644); err != nil {
		v.Fatal(err)
	}
}
