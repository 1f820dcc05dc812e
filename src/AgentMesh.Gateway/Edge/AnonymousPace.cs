using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Identity;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// Whoever does not say who they are may use what is for everybody, and no faster than is good for others: each agent that is asked for is one more in memory,
/// whether it is there or not.
/// </summary>
internal sealed class AnonymousPace(RequestDelegate next, EdgeOptions options, TimeProvider time)
{
    /// <summary>Requests of an address at once.</summary>
    public const int Burst = 200;

    private static readonly Refusal TooMany = new(EdgeRefusals.AddressRateLimited, "Too many requests without a token come from this address.");

    private readonly AddressPace _pace = new(Burst, options.AnonymousPerMinute, time);

    public Task InvokeAsync(HttpContext context) =>
        Caller.Of(context) is not null || AgentPath.UserSegment(context.Request.Path) is null || _pace.TryTake(context.Connection.RemoteIpAddress)
            ? next(context)
            : Problem.WriteAsync(context, TooMany);
}
