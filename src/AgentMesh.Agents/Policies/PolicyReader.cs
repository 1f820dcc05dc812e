using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace AgentMesh.Agents.Policies;

/// <summary>
/// Reads a policy's document. Strict, because a condition that is not understood would make a rule hold for more than its author meant: an unknown
/// member, a member twice or a value of another kind is a fault, and nothing of the document counts then.
/// </summary>
internal static class PolicyReader
{
    /// <summary>The document, its rules, a rule, a velocity.</summary>
    private const int Depth = 4;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = Depth, AllowDuplicateProperties = false };

    internal static ParsedPolicy Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var faults = new PolicyFaults();
        SpendingPolicy? policy = null;
        if (Encoding.UTF8.GetByteCount(json) > PolicyLimits.DocumentBytes)
        {
            faults.Add("", $"is longer than {PolicyLimits.DocumentBytes} bytes.");
            return faults.ToResult(policy);
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            policy = ReadDocument(document.RootElement, faults);
        }
        catch (JsonException)
        {
            faults.Add("", $"is not JSON of at most {Depth} levels in which no member stands twice.");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, behind an escape: JSON lets it pass, and no text can hold it.
            faults.Add("", "has a text that is not Unicode.");
        }

        return faults.ToResult(policy);
    }

    private static SpendingPolicy ReadDocument(JsonElement root, PolicyFaults faults)
    {
        var policy = SpendingPolicy.DenyAll;
        if (!faults.Expect(root, JsonValueKind.Object, "", "an object"))
            return policy;
        foreach (var member in root.EnumerateObject())
        {
            var at = "/" + PolicyFaults.Escape(member.Name);
            switch (member.Name)
            {
                // For editors.
                case PolicyWords.Schema:
                    faults.Expect(member.Value, JsonValueKind.String, at, "a text");
                    break;
                case PolicyWords.Version:
                    if (PolicyValues.WholeNumber(member.Value) != SpendingPolicy.Version)
                        faults.Add(at, $"must be {SpendingPolicy.Version}.");
                    break;
                case PolicyWords.Assets:
                    policy = policy with { Assets = PolicyValues.Assets(member.Value, at, faults) };
                    break;
                case PolicyWords.Rules:
                    policy = policy with { Rules = ReadRules(member.Value, at, faults) };
                    break;
                case PolicyWords.Default:
                    policy = policy with { Default = ReadDefault(member.Value, at, faults) };
                    break;
                default:
                    faults.Add(at, "is no member of a policy.");
                    break;
            }
        }

        foreach (var required in (ReadOnlySpan<string>)[PolicyWords.Version, PolicyWords.Rules])
        {
            if (!root.TryGetProperty(required, out _))
                faults.Add("/" + required, "is missing.");
        }

        return policy;
    }

    private static PolicyEffect ReadDefault(JsonElement value, string at, PolicyFaults faults)
    {
        if (value.ValueKind == JsonValueKind.String && value.ValueEquals(PolicyWords.Ask))
            return PolicyEffect.Ask;
        // What nobody wrote a rule for is never simply allowed.
        if (value.ValueKind != JsonValueKind.String || !value.ValueEquals(PolicyWords.Deny))
            faults.Add(at, $"must be {PolicyWords.Deny} or {PolicyWords.Ask}.");
        return PolicyEffect.Deny;
    }

    private static ImmutableArray<PolicyRule> ReadRules(JsonElement value, string at, PolicyFaults faults)
    {
        if (!faults.Expect(value, JsonValueKind.Array, at, "an array"))
            return [];
        if (value.GetArrayLength() > PolicyLimits.Rules)
        {
            faults.Add(at, $"has more than {PolicyLimits.Rules} rules.");
            return [];
        }

        var rules = ImmutableArray.CreateBuilder<PolicyRule>(value.GetArrayLength());
        foreach (var element in value.EnumerateArray())
        {
            var rule = RuleReader.Read(element, $"{at}/{rules.Count}", faults);
            if (rules.Any(other => other.Id == rule.Id && rule.Id.Length > 0))
                faults.Add($"{at}/{rules.Count}/{PolicyWords.Id}", "is another rule's.");
            rules.Add(rule);
        }

        return rules.MoveToImmutable();
    }
}
