using System.Globalization;
using System.Reflection;
using AgentMesh.Agents.Budgets;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests;

/// <summary>Whatever an agent refuses, it says so in a code for programs and in sentences for people.</summary>
public sealed class RefusalTests
{
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Names => [.. All().Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Refusal_HasACodeAndSaysWhy(string name)
    {
        var refusal = All()[name]();
        Assert.Matches("^[a-z]+(_[a-z0-9]+)+$", refusal.Code);
        // Whole sentences: a part that was left empty leaves two marks, or two spaces, beside each other.
        Assert.Matches(@"^[\p{L}0-9].{6,}([.!]|-about)$", refusal.Detail);
        Assert.DoesNotMatch(@"[.:;,( ][.:;,) ]*[.:;,)]|  ", refusal.Detail.Replace("...", "", StringComparison.Ordinal));
        Assert.All(refusal.Members, member => Assert.Matches("^[a-zA-Z]+$", member.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Refusal_SaysWhatItIsAbout(string name)
    {
        if (name.EndsWith(')'))
            Assert.All(name[(name.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(", "), argument => Assert.Contains(argument, All()[name]().Detail, StringComparison.Ordinal));
    }

    [Fact]
    public void Refusals_AreFound() => Assert.InRange(All().Count, 60, int.MaxValue);

    /// <summary>Values, and what is made of texts and numbers; what is made of records is where those are tested.</summary>
    private static Dictionary<string, Func<Refusal>> All()
    {
        var all = new Dictionary<string, Func<Refusal>>(StringComparer.Ordinal);
        foreach (var type in typeof(Ledger).Assembly.GetTypes().Where(type => !type.ContainsGenericParameters))
        {
            foreach (var property in type.GetProperties(Statics).Where(property => property.PropertyType.IsAssignableTo(typeof(Refusal))))
                all[$"{type.Name}.{property.Name}"] = () => (Refusal)property.GetValue(null)!;
            foreach (var field in type.GetFields(Statics).Where(field => field.FieldType.IsAssignableTo(typeof(Refusal)) && !field.Name.StartsWith('<')))
                all[$"{type.Name}.{field.Name}"] = () => (Refusal)field.GetValue(null)!;
            foreach (var method in type.GetMethods(Statics).Where(method => method.ReturnType.IsAssignableTo(typeof(Refusal)) && !method.IsSpecialName))
            {
                var arguments = Array.ConvertAll(method.GetParameters(), parameter => ArgumentOf(parameter.ParameterType));
                if (arguments.Length > 0 && !arguments.Contains(null) && char.IsUpper(method.Name[0]))
                    all[$"{type.Name}.{method.Name}({string.Join(", ", arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)))})"] =
                        () => (Refusal)method.Invoke(null, arguments)!;
            }
        }

        return all;
    }

    private static object? ArgumentOf(Type type) => type == typeof(string) ? "what-it-is-about" : type == typeof(int) ? 17 : null;
}
