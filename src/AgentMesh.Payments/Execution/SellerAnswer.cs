namespace AgentMesh.Payments.Execution;

/// <summary>What the seller made of a paid request.</summary>
/// <param name="Turn">The turn that answered; null: there is no answer.</param>
/// <param name="Text">The answer.</param>
/// <param name="Code">Why there is none.</param>
/// <param name="Detail">The same for people.</param>
internal sealed record SellerAnswer(string? Turn, string? Text, string? Code = null, string? Detail = null)
{
    public static SellerAnswer None(string code, string detail) => new(null, null, code, detail);
}
