using Microsoft.AspNetCore.Http;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>What an endpoint costs, in US dollars.</summary>
/// <param name="Fixed">The price of every request; null when it depends.</param>
/// <param name="UsdAsync">The price of a request.</param>
internal sealed record EndpointPrice(string? Fixed, Func<HttpContext, ValueTask<string>> UsdAsync);
