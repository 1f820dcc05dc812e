using System.Text.Json.Serialization;

namespace AgentMesh.Contracts;

/// <summary>How money crosses between the services.</summary>
internal static class MoneyJson
{
    /// <summary>Decimal digits as text: a number would be a double to many a reader.</summary>
    internal const JsonNumberHandling AsText = JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString;
}
