using AgentMesh.X402.AspNetCore.Paying;
using AgentMesh.X402.Networks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.X402.AspNetCore;

/// <summary>
/// Endpoints that are paid for, by x402 of both versions. Each payment is used once: verified, claimed, then the handler runs, and only what it
/// answers below 400 is charged. The answer is kept back until the money has moved, so nothing can be streamed, and a handler that upgrades the connection
/// fails. A repeat with the same payment gets the same answer.
/// </summary>
public static class PaidEndpoints
{
    // That of the smallest unit a token may have; whether the token has that many is seen when the endpoint is built.
    private const int MaxDecimals = 77;

    /// <summary>Asks for a price in US dollars, such as <c>0.10</c>. For an endpoint, or for all of a group; an endpoint's own price goes before its group's.</summary>
    /// <exception cref="FormatException">The text is no price.</exception>
    public static TBuilder RequirePayment<TBuilder>(this TBuilder endpoints, string usd)
        where TBuilder : IEndpointConventionBuilder =>
        DecimalAmount.TryParse(usd, MaxDecimals, out var amount) && !amount.Value.IsZero
            ? Require(endpoints, new EndpointPrice(usd, _ => ValueTask.FromResult(usd)))
            : throw new FormatException($"'{usd}' is no price in US dollars: digits, and a point between digits.");

    /// <summary>
    /// Asks for a price that depends on the request: made anew for every request, paid or not, of what the server knows. The same request has to have the
    /// same price when it comes back paid, or its payment does not match.
    /// </summary>
    public static TBuilder RequirePayment<TBuilder>(this TBuilder endpoints, Func<HttpContext, string> usd)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(usd);
        return Require(endpoints, new EndpointPrice(null, context => ValueTask.FromResult(usd(context))));
    }

    /// <summary>As the other, for a price that has to be looked up. The request's body may be read for it, and is read anew by the handler.</summary>
    public static TBuilder RequirePayment<TBuilder>(this TBuilder endpoints, Func<HttpContext, ValueTask<string>> usd)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(usd);
        return Require(endpoints, new EndpointPrice(null, usd));
    }

    private static TBuilder Require<TBuilder>(TBuilder endpoints, EndpointPrice price)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint => endpoint.Metadata.Add(price));
        endpoints.Add(static endpoint => endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status402PaymentRequired)));
        // Around the whole of the endpoint, not a filter of its handler: what is paid for includes the reading of arguments, and the answer's writing.
        endpoints.Finally(Wrap);
        return endpoints;
    }

    private static void Wrap(EndpointBuilder endpoint)
    {
        // Of a group and of the endpoint itself: one payment, at the endpoint's price, which was added last.
        if (endpoint.Metadata.OfType<PaidMark>().Any() || endpoint.RequestDelegate is not { } handler)
            return;
        endpoint.Metadata.Add(PaidMark.Instance);
        var price = endpoint.Metadata.OfType<EndpointPrice>().Last();
        var gate = endpoint.ApplicationServices.GetService<PaymentGate>()
            ?? throw new InvalidOperationException($"{endpoint.DisplayName} requires a payment: call services.{nameof(X402Feature.AddX402)}(options => …).");
        gate.CheckPrice(price);
        endpoint.RequestDelegate = context => gate.InvokeAsync(context, price, handler);
    }

    private sealed class PaidMark
    {
        public static PaidMark Instance { get; } = new();
    }
}
