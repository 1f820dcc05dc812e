using System.Buffers;
using System.Text.Json;
using AgentMesh.Agents.Payments;

namespace AgentMesh.Agents.Policies;

/// <summary>Reads one rule of a document.</summary>
internal static class RuleReader
{
    private const int LongestId = 64;

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    internal static PolicyRule Read(JsonElement value, string at, PolicyFaults faults)
    {
        var rule = new PolicyRule("", PolicyEffect.Deny, PaymentDirection.Out);
        if (!faults.Expect(value, JsonValueKind.Object, at, "an object"))
            return rule;
        foreach (var member in value.EnumerateObject())
            rule = With(rule, member, $"{at}/{PolicyFaults.Escape(member.Name)}", faults);
        foreach (var required in (ReadOnlySpan<string>)[PolicyWords.Id, PolicyWords.Effect])
        {
            if (!value.TryGetProperty(required, out _))
                faults.Add($"{at}/{required}", "is missing.");
        }

        CheckWhole(rule, value, at, faults);
        return rule;
    }

    private static PolicyRule With(PolicyRule rule, JsonProperty member, string at, PolicyFaults faults)
    {
        var value = member.Value;
        switch (member.Name)
        {
            case PolicyWords.Id:
                return rule with { Id = ReadId(value, at, faults) };
            case PolicyWords.Effect:
                return rule with { Effect = ReadEffect(value, at, faults) };
            case PolicyWords.Direction:
                return rule with { Direction = ReadDirection(value, at, faults) };
            case PolicyWords.Payee:
                return rule with { Payees = PolicyValues.Accounts(value, at, faults) };
            case PolicyWords.Host:
                return rule with { Hosts = PolicyValues.Hosts(value, at, faults) };
            case PolicyWords.Asset:
                return rule with { Assets = PolicyValues.Assets(value, at, faults) };
            case PolicyWords.Network:
                return rule with { Networks = PolicyValues.Networks(value, at, faults) };
            case PolicyWords.AmountOver:
                return rule with { AmountOver = PolicyValues.Amount(value, at, faults) };
            case PolicyWords.AmountAtMost:
                return rule with { AmountAtMost = PolicyValues.Amount(value, at, faults) };
            case PolicyWords.FirstPayee:
                return rule with { FirstPayee = PolicyValues.Flag(value, at, faults) };
            case PolicyWords.VelocityOver:
                return rule with { VelocityOver = PolicyValues.Velocity(value, at, faults) };
            case PolicyWords.VelocityAtMost:
                return rule with { VelocityAtMost = PolicyValues.Velocity(value, at, faults) };
            default:
                faults.Add(at, "is no member of a rule.");
                return rule;
        }
    }

    /// <summary>What no member shows by itself.</summary>
    private static void CheckWhole(PolicyRule rule, JsonElement value, string at, PolicyFaults faults)
    {
        if (rule is { AmountOver: { } over, AmountAtMost: { } most } && over >= most)
            faults.Add($"{at}/{PolicyWords.AmountOver}", $"must be less than {PolicyWords.AmountAtMost}; the rule would never hold.");
        // 1000000 is one dollar of one token and dust of another.
        if (!value.TryGetProperty(PolicyWords.Asset, out _) && HasAmount(rule))
            faults.Add($"{at}/{PolicyWords.Asset}", "is missing: an amount says nothing without the assets that it is of.");
        // Who pays the agent is not known by host, and its payee is the agent itself.
        if (rule.Direction != PaymentDirection.In)
            return;
        foreach (var outward in (ReadOnlySpan<string>)[PolicyWords.Payee, PolicyWords.Host, PolicyWords.FirstPayee])
        {
            if (value.TryGetProperty(outward, out _))
                faults.Add($"{at}/{outward}", $"is a condition of payments that go {PolicyWords.Out}.");
        }
    }

    private static bool HasAmount(PolicyRule rule) =>
        (rule.AmountOver ?? rule.AmountAtMost ?? rule.VelocityOver?.AmountAtomic ?? rule.VelocityAtMost?.AmountAtomic) is not null;

    private static string ReadId(JsonElement value, string at, PolicyFaults faults)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: >= 1 and <= LongestId } id && IsId(id))
            return id;
        faults.Add(at, $"must be 1-{LongestId} of a-z, 0-9, dot, underscore and hyphen, first a letter or digit.");
        return "";
    }

    private static bool IsId(string text) => char.IsAsciiLetterOrDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(IdCharacters);

    private static PolicyEffect ReadEffect(JsonElement value, string at, PolicyFaults faults)
    {
        switch (value.ValueKind == JsonValueKind.String ? value.GetString() : null)
        {
            case PolicyWords.Allow:
                return PolicyEffect.Allow;
            case PolicyWords.Ask:
                return PolicyEffect.Ask;
            case PolicyWords.Deny:
                return PolicyEffect.Deny;
            default:
                faults.Add(at, $"must be {PolicyWords.Allow}, {PolicyWords.Ask} or {PolicyWords.Deny}.");
                return PolicyEffect.Deny;
        }
    }

    private static PaymentDirection ReadDirection(JsonElement value, string at, PolicyFaults faults)
    {
        switch (value.ValueKind == JsonValueKind.String ? value.GetString() : null)
        {
            case PolicyWords.Out:
                return PaymentDirection.Out;
            case PolicyWords.In:
                return PaymentDirection.In;
            default:
                faults.Add(at, $"must be {PolicyWords.Out} or {PolicyWords.In}.");
                return PaymentDirection.Out;
        }
    }
}
