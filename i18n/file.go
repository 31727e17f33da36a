package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// readFiles reads all TAG.json in dir. What it reads is held against english; with a nil
// english against the English file in the same dir.
func readFiles(fsys fs.FS, dir string, english *packed) (map[string]*packed, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		return nil, errors.Join(fmt.Errorf("i18n: %s: no *.json file found", dir), err)
	}
	files := map[string]map[string]string{}
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
	all := pack(files)
	if english == nil {
		english = all[reference]
	}
	for _, tag := range slices.Sorted(maps.Keys(files)) {
		errs = append(errs, compare(path.Join(dir, tag+".json"), files[tag], english))
	}
	return all, errors.Join(errs...)
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
func parseFile(data []byte) (messages map[string]string, faults []error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	broken := func(err error) (map[string]string, []error) {
		line := 1 + bytes.Count(data[:dec.InputOffset()], []byte("\n"))
		return nil, []error{fmt.Errorf("not a JSON object: line %d: %w", line, err)}
	}
	if start, err := dec.Token(); err != nil {
		return broken(err)
	} else if start != json.Delim('{') {
		return broken(errors.New("begins otherwise"))
	}
	messages = map[string]string{}
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
		if strings.Contains(id, formMark) {
			faults = append(faults, fmt.Errorf("%s: an id has no %q: plural forms stand in the object of their message", id, formMark))
			continue
		}
		_, twice := messages[id]
		err = parseEntry(raw, func(form, text string) { messages[formID(id, form)] = text })
		if twice {
			err = errors.New("is there twice")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", id, err))
			messages[id] = ""
		}
	}
	if _, err := dec.Token(); err != nil {
		return broken(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return broken(errors.New("something follows the object"))
	}
	return messages, faults
}

// parseEntry calls add for each plural form of a message.
func parseEntry(raw json.RawMessage, add func(form, text string)) error {
	forms := map[string]string{}
	var err error
	if raw[0] == '"' {
		var text string
		err = json.Unmarshal(raw, &text)
		forms["other"] = text
	} else {
		err = json.Unmarshal(raw, &forms)
		delete(forms, "description")
	}
	if err != nil {
		return fmt.Errorf("want a text, or an object of description, other and further plural forms: %w", err)
	}
	if _, ok := forms["other"]; !ok {
		return errors.New(`"other" is missing: it holds the text, whatever further plural forms there are`)
	}
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		if !slices.Contains(slices.Collect(maps.Values(categories)), form) {
			return fmt.Errorf("%q is no plural form: there are zero, one, two, few, many and other", form)
		}
		if err := check(forms[form]); err != nil {
			return err
		}
		add(form, forms[form])
	}
	return nil
}

// compare finds ids and placeholders that English does not have.
func compare(name string, messages map[string]string, english *packed) error {
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(messages)) {
		base, _, isForm := strings.Cut(id, formMark) // English may have fewer plural forms
		known := english.get(base)
		if known == "" && isForm {
			continue // it is told of the message
		}
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
