namespace AgentMesh.Agents.Policies;

/// <summary>The members and words of a policy document, as <c>docs/schemas/spending-policy.v1.json</c> has them.</summary>
internal static class PolicyWords
{
    internal const string Schema = "$schema";
    internal const string Version = "version";
    internal const string Assets = "assets";
    internal const string Rules = "rules";
    internal const string Default = "default";

    internal const string Id = "id";
    internal const string Effect = "effect";
    internal const string Direction = "direction";
    internal const string Payee = "payee";
    internal const string Host = "host";
    internal const string Asset = "asset";
    internal const string Network = "network";
    internal const string AmountOver = "amountOver";
    internal const string AmountAtMost = "amountAtMost";
    internal const string FirstPayee = "firstPayee";
    internal const string VelocityOver = "velocityOver";
    internal const string VelocityAtMost = "velocityAtMost";

    internal const string Window = "window";
    internal const string Payments = "payments";
    internal const string Amount = "amount";

    internal const string Allow = "allow";
    internal const string Ask = "ask";
    internal const string Deny = "deny";
    internal const string In = "in";
    internal const string Out = "out";
}
