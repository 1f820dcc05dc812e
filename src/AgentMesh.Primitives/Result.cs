using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.Primitives;

/// <summary>A value, or the reason there is none. Never both and, but for <c>default</c>, never neither.</summary>
public readonly record struct Result<T>
    where T : notnull
{
    private Result(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    /// <summary>The value; null when refused.</summary>
    public T? Value { get; }

    /// <summary>The reason; null when there is a value.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True when the request was refused.</summary>
    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Refusal is not null;

    /// <summary>Lets a method return its value as it is.</summary>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The conversion is the way results are made.")]
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Lets a method return a refusal as it is.</summary>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The conversion is the way results are made.")]
    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}
