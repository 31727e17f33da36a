package i18n

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed locales/*.json
var builtin embed.FS

const (
	reference = "en"            // the language that the others are held against
	nameID    = "language.name" // the message that every language must have itself
)

// builtinFiles reads the embedded files once per process, as New may be called often.
// Nobody may change what it returns.
var builtinFiles = sync.OnceValues(func() (map[string]map[string]Message, error) {
	return readFiles(builtin, "locales", nil)
})

// A Catalogue holds all languages. It is safe for concurrent use.
type Catalogue struct {
	config    Config
	files     map[string]map[string]Message // by tag
	languages []*Language                   // the fallback first, then by tag
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
	base, err := builtinFiles()
	if err != nil {
		return nil, err
	}
	return build(c, base)
}

// With returns a catalogue with further translations in the place of those of c: the words
// of one site of many. Faults are as with [New].
func (c *Catalogue) With(translations fs.FS) (*Catalogue, error) {
	config := c.config
	config.Translations = translations
	return build(config, c.files)
}

// build lays c.Translations over base.
func build(c Config, base map[string]map[string]Message) (*Catalogue, error) {
	var errs []error
	files := maps.Clone(base)
	if c.Translations != nil {
		extra, err := readFiles(c.Translations, ".", base[reference])
		errs = append(errs, err)
		for _, tag := range slices.Sorted(maps.Keys(extra)) {
			files[tag] = merge(base[tag], extra[tag])
			if _, named := files[tag][nameID]; !named && extra[tag] != nil {
				errs = append(errs, fmt.Errorf("i18n: %s.json: %s: missing; a new language needs its own name", tag, nameID))
			}
		}
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
func (c Config) offer(files map[string]map[string]Message) ([]string, error) {
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

// merge returns the messages of base with those of over in their place.
func merge(base, over map[string]Message) map[string]Message {
	merged := make(map[string]Message, len(base)+len(over))
	maps.Copy(merged, base)
	maps.Copy(merged, over)
	return merged
}

// newLanguage merges the chain pt-BR, pt, en, so that a lookup is one map access.
func newLanguage(tag string, files map[string]map[string]Message) *Language {
	l := &Language{Tag: tag, tag: language.Make(tag), messages: maps.Clone(files[reference])}
	var chain []string
	for t := l.tag; t != language.Und; t = t.Parent() {
		chain = append([]string{t.String()}, chain...)
	}
	for _, t := range append(chain, tag) {
		maps.Copy(l.messages, files[t])
	}
	l.Name = l.Text(nameID)
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

// readFiles reads all TAG.json in dir. What it reads is held against reference; with a
// nil reference against the English file in the same dir.
func readFiles(fsys fs.FS, dir string, english map[string]Message) (map[string]map[string]Message, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		return nil, errors.Join(fmt.Errorf("i18n: %s: no *.json file found", dir), err)
	}
	files := map[string]map[string]Message{}
	var errs []error
	for _, name := range names {
		tag := strings.TrimSuffix(path.Base(name), ".json")
		if err := checkTag(tag); err != nil {
			errs = append(errs, fmt.Errorf("i18n: %s: %w", name, err))
			continue
		}
		data, err := fs.ReadFile(fsys, name)
		faults := []error{err}
		if err == nil {
			files[tag], faults = parseFile(data)
		}
		for _, err := range faults {
			errs = append(errs, fmt.Errorf("i18n: %s: %w", name, err))
		}
	}
	if english == nil {
		english = files[reference]
	}
	for _, tag := range slices.Sorted(maps.Keys(files)) {
		errs = append(errs, compare(path.Join(dir, tag+".json"), files[tag], english))
	}
	return files, errors.Join(errs...)
}

// checkTag finds names that are no language tag, and other spellings of one: those would
// go into lang attributes, and would be languages of their own beside ours.
func checkTag(tag string) error {
	t, err := language.Parse(tag)
	switch {
	case err != nil:
		return fmt.Errorf("the name is not a BCP 47 language tag: %w", err)
	case t == language.Und:
		return errors.New("the name says no language")
	case t.String() != tag:
		return fmt.Errorf("the name of this language is written %s", t)
	}
	return nil
}

// parseFile reads the object key by key: json.Unmarshal would keep the last of two equal
// ids and say nothing. It returns nil when data is no object, and all faults.
func parseFile(data []byte) (messages map[string]Message, faults []error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	broken := func(err error) (map[string]Message, []error) {
		line := 1 + bytes.Count(data[:dec.InputOffset()], []byte("\n"))
		return nil, []error{fmt.Errorf("not a JSON object: line %d: %w", line, err)}
	}
	if start, err := dec.Token(); err != nil {
		return broken(err)
	} else if start != json.Delim('{') {
		return broken(errors.New("begins otherwise"))
	}
	messages = map[string]Message{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return broken(err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return broken(err)
		}
		id := key.(string) // where More reports true, the decoder lets nothing else pass
		m, err := parseEntry(raw)
		if _, twice := messages[id]; twice {
			err = errors.New("is there twice")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", id, err))
		}
		messages[id] = m
	}
	if _, err := dec.Token(); err != nil {
		return broken(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return broken(errors.New("something follows the object"))
	}
	return messages, faults
}

func parseEntry(raw json.RawMessage) (Message, error) {
	var entry struct{ Description, Other string }
	var err error
	if raw[0] == '"' {
		err = json.Unmarshal(raw, &entry.Other)
	} else {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		err = dec.Decode(&entry)
	}
	if err != nil {
		return nil, fmt.Errorf("want a text, or an object of description and other: %w", err)
	}
	return parseMessage(entry.Other)
}

// compare finds ids and placeholders that English does not have.
func compare(name string, messages, english map[string]Message) error {
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(messages)) {
		known, ok := english[id]
		if !ok {
			errs = append(errs, fmt.Errorf("i18n: %s: %s: no such message", name, id))
			continue
		}
		for _, p := range slices.Sorted(maps.Keys(messages[id].placeholders())) {
			if !known.placeholders()[p] {
				errs = append(errs, fmt.Errorf("i18n: %s: %s: placeholder {{.%s}} has no value here", name, id, p))
			}
		}
	}
	return errors.Join(errs...)
}
