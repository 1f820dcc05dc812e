using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.X402.AspNetCore;

/// <summary>Who asks for something paid, where the app knows its callers.</summary>
internal static class PaymentCaller
{
    public static string? Of(HttpContext context) => context.User is { Identity.IsAuthenticated: true } user
        ? user.FindFirst("sub")?.Value ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.Identity.Name
        : null;
}
