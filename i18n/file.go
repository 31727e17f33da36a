package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// A file is one language file. What it says is read when somebody first wants it.
type file struct {
	name string // its message nameID; empty: it has none
	read func() *packed
}

func fileOf(p *packed) *file {
	return &file{name: p.get(nameID), read: func() *packed { return p }}
}

// nameOf is what a language with these files is called.
func nameOf(files []*file) string {
	for _, f := range files {
		if f.name != "" {
			return f.name
		}
	}
	return ""
}

// readFiles reads all files TAG.json that match the pattern. What it reads is held against the
// English of base; with a nil base against the English file among them.
func readFiles(fsys fs.FS, pattern string, base map[string][]*file) (map[string]*packed, error) {
	names, err := fs.Glob(fsys, pattern)
	if err != nil || len(names) == 0 {
		return nil, errors.Join(fmt.Errorf("i18n: %s: no *.json file found", path.Dir(pattern)), err)
	}
	files := map[string]map[string]string{}
	var errs []error
	for _, name := range names {
		tag := tagOf(name)
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
	english := englishOf(base, files)
	all := map[string]*packed{}
	for _, tag := range slices.Sorted(maps.Keys(files)) {
		name := path.Join(path.Dir(pattern), tag+".json")
		errs = append(errs, compare(name, files[tag], english))
		if _, named := files[tag][nameID]; !named && files[tag] != nil && nameOf(base[tag]) == "" {
			errs = append(errs, fmt.Errorf("i18n: %s: %s: missing; a new language needs its own name", name, nameID))
		}
		all[tag] = packMessages(files[tag], english.numbers)
	}
	return all, errors.Join(errs...)
}

// englishOf returns the built-in messages: an operator's English may lack some.
func englishOf(base map[string][]*file, files map[string]map[string]string) *packed {
	if english := base[reference]; len(english) > 0 {
		return english[len(english)-1].read()
	}
	messages := files[reference]
	return packMessages(messages, numbered(slices.Sorted(maps.Keys(messages))))
}

func tagOf(name string) string { return strings.TrimSuffix(path.Base(name), ".json") }

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

// compare finds ids and placeholders that English does not have.
func compare(name string, messages map[string]string, english *packed) error {
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(messages)) {
		known := english.get(id)
		if known == "" {
			errs = append(errs, fmt.Errorf("i18n: %s: %s: no such message", name, id))
			continue
		}
		for _, p := range slices.Sorted(maps.Keys(placeholders(messages[id]))) {
			if !placeholders(known)[p] {
				errs = append(errs, fmt.Errorf("i18n: %s: %s: placeholder {{.%s}} has no value here", name, id, p))
			}
		}
	}
	return errors.Join(errs...)
}
