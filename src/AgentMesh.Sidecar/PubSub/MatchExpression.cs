using System.Globalization;
using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// The part of CEL that routing rules and circuit breakers use: comparisons, <c>&amp;&amp; || ! in</c>, members, lists, literals,
/// <c>has()</c> and a few functions; no arithmetic. What it cannot read is refused when it is parsed, never guessed. Not the package
/// Cel: it lets a missing member fail <c>a || b</c> when the other side is true, and walks its parse tree for every event.
/// </summary>
internal sealed class MatchExpression(MatchExpression.Node root)
{
    /// <summary>An evaluation error of CEL: a missing member, operands that cannot be compared.</summary>
    private static readonly object Failed = new();

    internal delegate object? Node(Func<string, object?> variables);

    /// <summary>Reads an expression.</summary>
    /// <param name="text">CEL.</param>
    /// <param name="variables">The names that are known.</param>
    /// <exception cref="FormatException">It is not of the part that is served; the message says where.</exception>
    public static MatchExpression Parse(string text, params IReadOnlyCollection<string> variables) => new(MatchParser.Parse(text, variables));

    /// <summary>Null: it does not evaluate to a boolean, because a member is missing for example.</summary>
    /// <param name="variables">A variable's value: a number (double), a text, a boolean or a <see cref="JsonElement"/>.</param>
    public bool? Evaluate(Func<string, object?> variables) => root(variables) as bool?;

    /// <summary>Against a published event.</summary>
    public bool? Matches(JsonElement envelope) => Evaluate(_ => envelope);

    internal static Node Literal(object? value) => _ => value;

    internal static Node Variable(string name) => variables => Simple(variables(name));

    internal static Node List(Node[] items) => variables => Array.ConvertAll(items, item => item(variables));

    /// <summary>An operator or a function; an operand that has failed makes it fail.</summary>
    internal static Node Call(string verb, params Node[] operands) => verb switch
    {
        "&&" => Either(false, operands[0], operands[1]),
        "||" => Either(true, operands[0], operands[1]),
        _ => variables => Apply(verb, Array.ConvertAll(operands, operand => operand(variables))),
    };

    // CEL: either side may decide alone, even when the other one fails.
    private static Node Either(bool decisive, Node left, Node right) => variables =>
        left(variables) is var first && Equals(first, decisive) ? first
        : right(variables) is var second && Equals(second, decisive) ? second
        : first is bool && second is bool ? !decisive
        : Failed;

    private static object? Apply(string verb, object?[] operands) => Array.IndexOf(operands, Failed) >= 0 ? Failed : (verb, operands) switch
    {
        ("!", [bool value]) => !value,
        ("==", [var first, var second]) => AreEqual(first, second),
        ("!=", [var first, var second]) => !AreEqual(first, second),
        ("<", _) when Order(operands) is { } order => order < 0,
        ("<=", _) when Order(operands) is { } order => order <= 0,
        (">", _) when Order(operands) is { } order => order > 0,
        (">=", _) when Order(operands) is { } order => order >= 0,
        (".", [JsonElement { ValueKind: JsonValueKind.Object } owner, string name]) => owner.TryGetProperty(name, out var value) ? Simple(value) : Failed,
        ("has", [JsonElement { ValueKind: JsonValueKind.Object } owner, string name]) => owner.TryGetProperty(name, out _),
        ("in", [string name, JsonElement { ValueKind: JsonValueKind.Object } owner]) => owner.TryGetProperty(name, out _),
        ("in", [var value, JsonElement { ValueKind: JsonValueKind.Array } list]) => list.EnumerateArray().Any(item => AreEqual(value, Simple(item))),
        ("in", [var value, object?[] list]) => list.Any(item => AreEqual(value, item)),
        ("startsWith", [string text, string part]) => text.StartsWith(part, StringComparison.Ordinal),
        ("endsWith", [string text, string part]) => text.EndsWith(part, StringComparison.Ordinal),
        ("contains", [string text, string part]) => text.Contains(part, StringComparison.Ordinal),
        ("size", [string text]) => (double)text.EnumerateRunes().Count(),
        ("size", [JsonElement { ValueKind: JsonValueKind.Array } list]) => (double)list.GetArrayLength(),
        ("int", [double number]) => Math.Truncate(number),
        ("int", [string text]) when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => (double)number,
        ("double", [double number]) => number,
        ("double", [string text]) when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => Failed,
    };

    private static int? Order(object?[] operands) => operands switch
    {
        [double first, double second] => first.CompareTo(second),
        [string first, string second] => string.CompareOrdinal(first, second),
        [bool first, bool second] => first.CompareTo(second),
        _ => null,
    };

    private static bool AreEqual(object? first, object? second) =>
        first is JsonElement a && second is JsonElement b ? JsonElement.DeepEquals(a, b) : Equals(first, second);

    private static object? Simple(object? value) => value is not JsonElement element ? value : element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetDouble(), // Go's json gives CEL doubles too
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => element,
    };
}
