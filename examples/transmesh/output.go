package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/manifest"
)

// delivery is where manifests go.
type delivery struct {
	output, format string
	// beside are files that may stand in the output folder and are not part of
	// it.
	beside             []string
	manifests, patches []*manifest.Object
	// whole is what a stream is instead of its manifests, where their form asks for one
	// object of all; nil otherwise.
	whole *manifest.Object
	// others are objects that have no place among the manifests: in a folder they
	// have one of their own, as YAML, and on a stream they are left out (unsaid).
	others []*manifest.Object
	// printed is what files made, for who asks where in it values stand; nil where nobody
	// does.
	printed *printed
}

// printed are the contents of files, and of a folder's the file of each object.
type printed struct {
	data map[string][]byte
	file map[*manifest.Object]string
}

// print writes everything as one stream; patches say that they are.
func (d delivery) print(w io.Writer) error {
	if d.whole != nil {
		return d.printOne(w, d.whole)
	}
	return d.encode(w, slices.Concat(d.manifests, marked(d.patches)))
}

func (d delivery) encode(w io.Writer, objs []*manifest.Object) error {
	switch d.format {
	case "json":
		return manifest.WriteJSON(w, objs)
	case "hcl":
		return manifest.WriteHCL(w, objs)
	}
	return manifest.WriteYAML(w, objs)
}

// printOne writes an object by itself.
func (d delivery) printOne(w io.Writer, o *manifest.Object) error {
	if d.format == "json" {
		return manifest.WriteJSONObject(w, o)
	}
	return d.encode(w, []*manifest.Object{o})
}

// marked gives patches a comment, since on a stream they look like objects.
func marked(patches []*manifest.Object) []*manifest.Object {
	for _, p := range patches {
		p.Root.Above("A patch: merge it into the object of this name (kubectl patch, or kustomize patches).")
	}
	return patches
}

// files are the contents of the folder or file to be written, by path.
func (d delivery) files() (map[string][]byte, error) {
	out := map[string][]byte{}
	if d.printed != nil {
		d.printed.data = out
	}
	if d.single() {
		var b bytes.Buffer
		err := d.print(&b)
		out[d.output] = b.Bytes()
		return out, err
	}
	for _, o := range d.manifests {
		if err := d.file(out, d.output, o); err != nil {
			return nil, err
		}
	}
	for _, o := range d.patches {
		if err := d.file(out, filepath.Join(d.output, "patches"), o); err != nil {
			return nil, err
		}
	}
	for _, o := range d.others {
		yaml := d
		yaml.format = "yaml"
		if err := yaml.file(out, filepath.Join(d.output, "kubernetes"), o); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// single reports whether the output is one file, by its ending or since it is
// there and no folder.
func (d delivery) single() bool {
	if there, err := os.Stat(d.output); err == nil {
		return !there.IsDir()
	}
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(d.output)))
}

func (d delivery) file(out map[string][]byte, folder string, o *manifest.Object) error {
	var b bytes.Buffer
	if err := d.printOne(&b, o); err != nil {
		return err
	}
	name := strings.ToLower(o.Kind) + "-" + o.Name
	if o.Namespace != "" {
		name = o.Namespace + "-" + name
	}
	name = fileNames.Replace(name)
	path := filepath.Join(folder, name+"."+d.format)
	for i := 2; out[path] != nil; i++ {
		path = filepath.Join(folder, fmt.Sprintf("%s-%d.%s", name, i, d.format))
	}
	out[path] = b.Bytes()
	if d.printed != nil {
		d.printed.file[o] = path
	}
	return nil
}

// fileNames keeps names from leaving the folder, and from meaning other files to a shell.
var fileNames = strings.NewReplacer("/", "_", `\`, "_", ":", "_", "*", "all")

// write makes the files and the folders that they need. It returns those that were
// there before, and are not written any more.
func (d delivery) write() (left []string, err error) {
	files, err := d.files()
	if err != nil {
		return nil, err
	}
	if left, err = d.leftOver(files); err != nil {
		return nil, err
	}
	return left, writeAll(files)
}

func writeAll(files map[string][]byte) error {
	for path, data := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare holds the files against what is there, and lists the differences.
func (d delivery) compare(w io.Writer) (same bool, err error) {
	files, err := d.files()
	if err != nil {
		return false, err
	}
	there, err := d.existing()
	if err != nil {
		return false, err
	}
	var lines []string
	for path, data := range files {
		switch old, ok := there[path]; {
		case !ok:
			lines = append(lines, "missing "+path)
		case !bytes.Equal(old, data):
			lines = append(lines, fmt.Sprintf("differs %s from line %d", path, firstDifference(old, data)))
		}
	}
	left, err := d.leftOver(files)
	if err != nil {
		return false, err
	}
	for _, path := range left {
		lines = append(lines, "left over "+path)
	}
	slices.Sort(lines)
	for _, l := range lines {
		if _, err := fmt.Fprintln(w, l); err != nil {
			return false, err
		}
	}
	return len(lines) == 0, nil
}

// leftOver are the manifests in the output folder that are not among the files, sorted.
// Nothing is left over in a single file.
func (d delivery) leftOver(files map[string][]byte) ([]string, error) {
	there, err := d.existing()
	for path := range files {
		delete(there, path)
	}
	return slices.Sorted(maps.Keys(there)), err
}

// firstDifference is the first line in which two texts differ, from 1.
func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	at := 0
	for at < n && a[at] == b[at] {
		at++
	}
	return 1 + bytes.Count(a[:at], []byte("\n"))
}

// formatOf is the format that a file's name asks for.
func formatOf(output string) string {
	if strings.EqualFold(filepath.Ext(output), ".json") {
		return "json"
	}
	return "yaml"
}

// foreign reports whether a file in the output folder is somebody else's: a
// kustomization that lists what was written, or a report.
func (d delivery) foreign(path string) bool {
	return isKustomization(filepath.Base(path)) ||
		slices.ContainsFunc(d.beside, func(r string) bool { return filepath.Clean(r) == filepath.Clean(path) })
}

// existing reads what is in the output folder or file; nothing is no error.
func (d delivery) existing() (map[string][]byte, error) {
	out := map[string][]byte{}
	err := filepath.WalkDir(d.output, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == d.output {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		if !slices.Contains(extensions, strings.ToLower(filepath.Ext(path))) || d.foreign(path) {
			return nil
		}
		data, err := os.ReadFile(path)
		out[path] = data
		return err
	})
	return out, err
}
