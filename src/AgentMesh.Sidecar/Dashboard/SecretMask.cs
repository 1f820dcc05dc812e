using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>
/// Takes out of configuration what may be a secret: plain values whose name says so, and credentials inside other values. A
/// <c>secretKeyRef</c> stays, it is a reference.
/// </summary>
internal static partial class SecretMask
{
    public const string Hidden = "••••••";

    // References to secrets, and a prefix of keys: no secrets themselves.
    private static readonly string[] Harmless = ["secretStore", "secretKeyRef", "storeName", "secretName", "keyPrefix", "metadata"];

    /// <summary>Whether a value of this name is not to be shown.</summary>
    public static bool IsSecret(string name) => !Harmless.Contains(name, StringComparer.OrdinalIgnoreCase) && Name().IsMatch(name);

    /// <summary>A value that is shown, without the password of a URL or the key of a connection string in it.</summary>
    public static string Clean(string value) => Credentials().IsMatch(value) ? Hidden : UserInfo().Replace(value, "://" + Hidden + "@");

    /// <summary>A command line without the values of options that look secret.</summary>
    public static string Command(IEnumerable<string> words)
    {
        var shown = new List<string>();
        var hideNext = false;
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (hideNext)
                shown.Add(Hidden);
            else if (equals > 0 && IsSecret(word[..equals].TrimStart('-')))
                shown.Add(word[..(equals + 1)] + Hidden);
            else
                shown.Add(Clean(word));
            hideNext = !hideNext && equals < 0 && word.StartsWith('-') && IsSecret(word.TrimStart('-'));
        }

        return string.Join(' ', shown);
    }

    /// <summary>A file's YAML without secrets, and without comments, which may hold some. Broken YAML is not shown at all.</summary>
    public static string Yaml(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            foreach (var document in stream.Documents)
                Mask(document.RootNode);
            using var writer = new StringWriter();
            stream.Save(writer, assignAnchors: false);
            // The library ends each document with "...", which nobody writes.
            return writer.ToString().Replace("\r", "", StringComparison.Ordinal).Replace("\n...\n", "\n", StringComparison.Ordinal).TrimEnd() + "\n";
        }
        catch (YamlException broken)
        {
            return $"# not shown: {broken.Message.ReplaceLineEndings(" ")}\n";
        }
    }

    private static void Mask(YamlNode node)
    {
        switch (node)
        {
            case YamlScalarNode scalar:
                scalar.Value = Clean(scalar.Value ?? "");
                break;
            case YamlSequenceNode sequence:
                foreach (var item in sequence)
                    Mask(item);
                break;
            case YamlMappingNode mapping:
                var named = Text(mapping, "name") is { } own && IsSecret(own);
                foreach (var (key, value) in mapping)
                {
                    var name = (key as YamlScalarNode)?.Value ?? "";
                    if (name == "secretKeyRef")
                        continue;
                    if (value is YamlScalarNode { Value.Length: > 0 } scalar && (IsSecret(name) || (named && name == "value")))
                        scalar.Value = Hidden;
                    else
                        Mask(value);
                }

                break;
        }
    }

    private static string? Text(YamlMappingNode mapping, string name) =>
        mapping.Children.TryGetValue(new YamlScalarNode(name), out var value) ? (value as YamlScalarNode)?.Value : null;

    [GeneratedRegex("passw|pwd|secret|token|credential|connection-?_?string|authorization|cookie|signature|private|(^|[^a-z])sas|key[0-9]*$", RegexOptions.IgnoreCase)]
    private static partial Regex Name();

    [GeneratedRegex(@"(password|accountkey|sharedaccesskey|secret|token)\s*=|-----BEGIN|^bearer\s", RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    [GeneratedRegex(@"://[^/@\s]*:[^/@\s]*@")]
    private static partial Regex UserInfo();
}
