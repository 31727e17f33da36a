package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// A Catalogue holds all languages. It is safe for concurrent use.
type Catalogue struct {
	config    Config
	files     map[string][]*file // by tag; the first that has a message counts
	languages []*Language        // the fallback first, then by tag
	matcher   language.Matcher

	mu      sync.RWMutex
	matched map[string][]*Language // by Accept-Language field; see Match
}

// A Config says which languages a [Catalogue] offers. The zero value is all built-in
// languages, English when none fits.
type Config struct {
	// Languages limits the offer to these tags. Default: every language there is.
	Languages []string

	// Default is the tag used when no language of the visitor fits. Default: "en", or
	// the first of Languages where English is not among them.
	Default string

	// Translations holds files TAG.json of the operator. They may cover any part of
	// the messages, which then replace ours, or be new languages. A new language needs
	// at least its own name, "language.name". Default: none.
	Translations fs.FS
}

// New loads the catalogue. Its error joins all faults found: file, id and what is wrong.
func New(c Config) (*Catalogue, error) {
	return build(c, builtinFiles())
}

// With returns a catalogue with further translations in the place of those of c: the words
// of one site of many. Faults are as with [New].
func (c *Catalogue) With(translations fs.FS) (*Catalogue, error) {
	config := c.config
	config.Translations = translations
	return build(config, c.files)
}

// build lays c.Translations over base.
func build(c Config, base map[string][]*file) (*Catalogue, error) {
	var errs []error
	files := base
	if c.Translations != nil {
		extra, err := readFiles(c.Translations, "*.json", base)
		errs = append(errs, err)
		files = over(extra, base)
	}
	tags, err := c.offer(files)
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	cat := &Catalogue{config: c, files: files, matched: map[string][]*Language{}}
	supported := make([]language.Tag, len(tags))
	for i, tag := range tags {
		l := newLanguage(tag, files)
		cat.languages = append(cat.languages, l)
		supported[i] = l.tag
	}
	cat.matcher = language.NewMatcher(supported)
	return cat, nil
}

// offer returns the tags to be offered, the fallback first.
func (c Config) offer(files map[string][]*file) ([]string, error) {
	var errs []error
	tags := slices.Sorted(maps.Keys(files))
	if len(c.Languages) > 0 {
		tags = nil
		for _, tag := range c.Languages {
			if files[tag] == nil {
				errs = append(errs, fmt.Errorf("i18n: language %q: no such language; there are %s", tag, strings.Join(slices.Sorted(maps.Keys(files)), ", ")))
			} else if !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
	}
	fallback := c.Default
	if fallback == "" {
		fallback = reference
		if len(tags) > 0 && !slices.Contains(tags, reference) {
			fallback = tags[0]
		}
	}
	i := slices.Index(tags, fallback)
	if i < 0 && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("i18n: default language %q: not among %s", fallback, strings.Join(tags, ", ")))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return append([]string{fallback}, slices.Delete(slices.Clone(tags), i, i+1)...), nil
}

// over lays files over those of base, which it does not change.
func over(files map[string]*packed, base map[string][]*file) map[string][]*file {
	all := maps.Clone(base)
	for tag, p := range files {
		all[tag] = append([]*file{fileOf(p)}, base[tag]...)
	}
	return all
}

// newLanguage looks messages up along the chain pt-BR, pt, en. It copies none of them.
func newLanguage(tag string, files map[string][]*file) *Language {
	l := &Language{Tag: tag, tag: language.Make(tag), Name: nameOf(files[tag]), files: slices.Clone(files[tag])}
	for t := l.tag.Parent(); t != language.Und; t = t.Parent() {
		l.files = append(l.files, files[t.String()]...)
	}
	l.files = append(l.files, files[reference]...)
	l.Dir = direction(l.tag)
	return l
}

// Languages returns all languages, the fallback first.
func (c *Catalogue) Languages() []*Language { return slices.Clone(c.languages) }

// Lookup returns the language with exactly that tag, or nil.
func (c *Catalogue) Lookup(tag string) *Language {
	for _, l := range c.languages {
		if strings.EqualFold(l.Tag, tag) {
			return l
		}
	}
	return nil
}
