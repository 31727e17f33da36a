package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// wordiest are the failures whose pages have the most words: of a visit, and of a form of
// which nobody knows whether it went through.
var wordiest = []string{"connection_refused", "http2_reset_protocol_error_post"}

// macKeys are those that only visitors with a Mac are shown.
const macKeys = "⌘ ⇧ ⌥ ⌫"

// allLanguages are those that the library brings.
func allLanguages(t *testing.T) []*i18n.Language {
	t.Helper()
	catalogue, err := i18n.New(i18n.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return catalogue.Languages()
}

// TestEveryLanguage looks at the wordiest pages in each language, at the widths where
// words have the least room and where lines are the longest.
func TestEveryLanguage(t *testing.T) {
	all := allLanguages(t)
	inEach(t, func(v *visitor) {
		for _, l := range all {
			for i, name := range wordiest {
				v.sub(l.Tag+"/"+name, func(v *visitor) {
					url := v.program.url + "/failure/" + name + "?fiveohtwo-lang=" + l.Tag
					v.checkContentLanguage(url, l.Tag)
					v.look(desktop)
					v.open(url)
					v.checkLanguage(l.Tag)
					if l.Dir == "rtl" {
						v.checkLeftToRight()
					}
					if i == 0 {
						v.checkLetters(l.Tag)
					}
					for _, how := range []view{desktop, smallest} {
						v.look(how)
						for _, fault := range inAllStates(v, "layout", how.Width) {
							v.Errorf("%d px: %s", how.Width, fault)
						}
					}
				})
			}
		}
	})
}

// checkContentLanguage wants the language in the header fields too.
func (v *visitor) checkContentLanguage(url, want string) {
	v.Helper()
	field, err := within(func(ctx context.Context) (string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return "", err
		}
		req.Header.Set("Accept", "text/html")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return "", err
		}
		return res.Header.Get("Content-Language"), res.Body.Close()
	})
	if field != want || err != nil {
		v.Errorf("Content-Language is %q, want %s (%v)", field, want, err)
	}
}

// checkLeftToRight wants whatever is not written from right to left, such as numbers,
// hosts and the reference, to run from left to right.
func (v *visitor) checkLeftToRight() {
	v.Helper()
	for _, fault := range inAllStates(v, "lefttoright") {
		v.Error(fault)
	}
}

// checkLetters wants a font for each letter that the language's pages can have. Firefox
// draws the number of a letter that no font has, so there no two look alike; its fonts are
// those of Chromium.
func (v *visitor) checkLetters(tag string) {
	v.Helper()
	if v.browser != "chromium" {
		return
	}
	for _, fault := range measure[[]string](v, script(v, "letters"), v.messages(tag)+" "+macKeys) {
		v.Error(fault)
	}
}

// messages is all that pages can say in a language.
func (v *visitor) messages(tag string) string {
	v.Helper()
	data, err := os.ReadFile("../../i18n/locales/" + tag + ".json")
	if err != nil {
		v.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(data, &file); err != nil {
		v.Fatal(err)
	}
	var texts strings.Builder
	for _, message := range file {
		entry, ok := message.(map[string]any)
		if !ok {
			entry = map[string]any{"other": message}
		}
		for form, text := range entry {
			if form != "description" {
				fmt.Fprintln(&texts, text)
			}
		}
	}
	return texts.String()
}
