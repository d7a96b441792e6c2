namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>Why a store cannot be used.</summary>
/// <param name="Words">Half a sentence for a person, without secrets: <c>connection refused</c>.</param>
/// <param name="MayPass">Whether it may help to wait; not when somebody has to mend something first.</param>
public sealed record StoreFault(string Words, bool MayPass);
